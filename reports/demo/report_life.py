"""What staff, reporter and contact points do with one made-up report, through the real
functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from reports import custody, mailbox, quick_replies
from reports.act import Act
from reports.attachments import report_files
from reports.delivery import outbox
from reports.delivery.packet_content import EnclosedFile
from reports.demo.fates import OFFICES
from reports.demo.instance import DemoInstance, SentReport
from reports.demo.stories import MadeUpReport
from reports.intake.taxonomy import TAXONOMY
from reports.model import Desk, Referral
from reports.quick_replies import TappedAnswer
from reports.roster.keyring import Keyring
from reports.statistics import collection
from reports.triage import (
    found_identifiers,
    links,
    match_task,
    notes,
    reply,
    report_reader,
    routing_facts,
    status,
)
from reports.triage.findings import assessment, corrections, settlement
from reports.triage.findings.assessment import AssessmentDraft
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.queue import claim
from reports.triage.referral import (
    compose,
    dispatch,
    four_eyes,
    gate_answers,
    gates,
    recipient_answers,
)
from reports.triage.referral.compose import ComposedReport, Selection
from reports.triage.referral.dispatch import (
    BY_STAFF,
    WHY_STAFF,
    ChosenRecipient,
    PacketSender,
)
from reports.triage.referral.gate_answers import GateDraft
from reports.triage.referral.gates import Gate
from reports.triage.referral.recipient_answers import GivenAnswer
from reports.triage.report_reader import OpenReport


@dataclass(frozen=True)
class ReportLife:
    """One report from its arrival, `began`, until `now`.

    `share` is the time of an act, as a fraction of the time between the two.
    """

    place: DemoInstance
    sent: SentReport
    made: MadeUpReport
    began: datetime
    now: datetime

    def __repr__(self) -> str:
        return "ReportLife(...)"

    @property
    def first(self) -> Keyring:
        """The member of staff who reads it."""
        desk = self.place.session.get_one(Desk, self.sent.report.desk_id)
        return self.place.people[self.place.first[desk.name]]

    @property
    def second(self) -> Keyring:
        """The member of staff who agrees: somebody else of the desk."""
        others = (self.place.people[name] for name in ("Emil", "Dana"))
        return next(each for each in others if each.staff.id != self.first.staff.id)

    def get_time(self, share: float) -> datetime:
        """Returns the time at this share."""
        return self.began + (self.now - self.began) * share

    def read_report(self) -> OpenReport:
        """Returns the report, decrypted by its reader."""
        place, report = self.place, self.sent.report
        return report_reader.read(place.session, place.vault, report, self.first)

    def act(self, share: float, by: Keyring | None = None) -> Act:
        """Returns an act at this share of the time; by default of the report's reader."""
        place = self.place
        return Act(place.session, place.vault, by or self.first, self.get_time(share))

    def open(self, share: float) -> None:
        """Opens the report for its reader, assigns it, looks through it and stores its link
        tokens."""
        act, report = self.act(share), self.sent.report
        report_reader.record_opening(act, report)
        # The texts are our own: they need no child process, which every report would wait for.
        looked = found_identifiers.match(match_task.match_here, self.read_report().looked)
        if looked is not None:
            found_identifiers.store(act, report, looked)
        links.update_tokens(self.place.session, self.first, self.read_report())

    def take(self) -> None:
        """Claims the report at the end, so that it shows as being worked on."""
        claim.take_over(self.act(1), self.sent.report)

    def note(self, share: float, text: str) -> None:
        notes.add(self.act(share), self.sent.report, text)

    def say(self, share: float, words: str) -> None:
        """Sends a message of the desk, in the reporter's language."""
        made, once = self.made, uuid4().bytes
        reply.reply(
            self.act(share),
            self.sent.report,
            made.words[words],
            once=once,
            language=made.language,
        )

    def ask(self, share: float, *questions: str) -> None:
        """Asks these quick questions in the mailbox."""
        reply.ask(self.act(share), self.sent.report, questions, once=uuid4().bytes)

    def hear(self, share: float, **tapped: str) -> None:
        """Lets the reporter open the mailbox, answer quick questions, and write."""
        session, vault, at = self.place.session, self.place.vault, self.get_time(share)
        visit = mailbox.enter(session, vault, self.sent.code, self.sent.key, at)
        session.flush()
        for line in self.read_report().thread or ():
            if line.question in tapped and line.id is not None:
                answer = TappedAnswer(line.id, tapped[line.question])
                quick_replies.answer(session, vault, visit, answer, at)
        mailbox.write(session, vault, visit, self.made.words["more"], at)
        mailbox.leave(session, visit)

    def correct(self, share: float, reason: str, **values: str) -> None:
        """Corrects these fields of the report, with a reason."""
        judged = self.read_report().judgement
        if judged is not None:
            draft = CorrectionDraft(values, reason=reason)
            corrections.correct(self.act(share), self.sent.report, judged, draft)

    def settle(self, share: float) -> None:
        """Lets a second person agree to what protects the person less."""
        judged = self.read_report().judgement
        for each in judged.waiting if judged else ():
            act = self.act(share, self.second)
            settlement.settle(act, self.sent.report, each.made.id, agreed=True)

    def assess(self, share: float) -> None:
        """Assesses seven random signs."""
        random = self.place.random
        given = {
            sign.id: random.choice(("seen", "likely", "unclear", "unlikely"))
            for sign in random.sample(TAXONOMY.signs, 7)
        }
        assessment.assess(self.act(share), self.sent.report, None, AssessmentDraft(given))

    def mark_ready(self, share: float) -> None:
        status.move(self.act(share), self.sent.report, "ready")

    def choose_recipients(self, channel: str, most: int = 1) -> list[ChosenRecipient]:
        """Returns up to `most` proposed recipients that `channel` reaches, else others of that
        country."""
        place = self.place
        answers = self.read_report().judged or {}
        here = [id for id, how in OFFICES.items() if how == channel]
        route = routing_facts.propose_route(place.countries, answers, self.now)
        found = [(each.id, each.rule, each.why) for each in route.recipients if each.id in here]
        if not found:
            country, known = answers.get("country", ""), place.countries.contacts
            found = [
                (id, BY_STAFF, WHY_STAFF)
                for id in here
                if id in known and known[id].country == country
            ]
        return [self._chosen(*each) for each in found[:most]]

    def choose_across_borders(self) -> list[ChosenRecipient]:
        """Returns one contact point for each country that the route names."""
        found = self.choose_recipients("openpgp", most=len(OFFICES))
        known = self.place.countries.contacts
        return list({known[each.contact_id].country: each for each in reversed(found)}.values())

    def propose(self, share: float, to: Sequence[ChosenRecipient], without: str = "") -> None:
        """Proposes a referral with the passage `without` redacted; nobody agrees to it."""
        place, opened = self.place, self.read_report()
        picked, composed = self._composed(opened, without)
        session, vault = place.session, place.vault
        seen = dispatch.compute_fingerprint(session, vault, composed.content, to)
        ids = [each.contact_id for each in to]
        self._answer_gates(share, ids)
        four_eyes.propose(self.act(share), self.sent.report, ids, picked, seen)

    def refer(self, share: float, to: Sequence[ChosenRecipient]) -> None:
        """Refers the report; where a second person must agree, both act."""
        place, report = self.place, self.sent.report
        if not to:
            return
        session, vault, settings = place.session, place.vault, place.settings
        opened = self.read_report()
        _, composed = self._composed(opened)
        sender = PacketSender(settings.mail_from)
        packed = dispatch.pack(self.act(share), report, composed.content, to, sender)
        by = None
        if gates.needs_second(self._answer_gates(share, [each.contact_id for each in to])):
            self.propose(share, to)
            session.flush()
            waiting = four_eyes.read(session, vault, self.second, report)
            if waiting is not None:
                by = four_eyes.agree(self.act(share, self.second), report, waiting.id)
        act = self.act(share, self.second if by else self.first)
        dispatch.refer(act, report, packed, settings, proposed_by=by)

    def deliver(self, share: float, problem: str = "") -> None:
        """Lets a mail server accept all due deliveries, or refuse them permanently with
        `problem`."""
        session, vault, at = self.place.session, self.place.vault, self.get_time(share)
        lease = timedelta(hours=1)
        for each in outbox.claim(session, at, uuid4(), lease=lease, limit=100):
            if problem:
                outbox.fail(session, vault, each, at, problem)
            else:
                outbox.settle(session, vault, each, at, "sent")
        session.flush()

    def list_referrals(self) -> list[Referral]:
        """Returns the report's referrals, by contact point."""
        query = select(Referral).where(Referral.report_id == self.sent.report.id)
        return list(self.place.session.scalars(query.order_by(Referral.contact_id)))

    def answer(self, share: float, kind: str, text: str = "", by: Keyring | None = None) -> None:
        """Records the same answer from every contact point of the report."""
        place, at, given = self.place, self.get_time(share), GivenAnswer(kind, text, by)
        for each in self.list_referrals():
            recipient_answers.record_answer(place.session, place.vault, each, given, at)

    def close(self, share: float, reason: str = "", retention_days: int = 0, **said: str) -> None:
        """Closes the report, with its facts for the yearly statistics."""
        act, report = self.act(share), self.sent.report
        judged = self.read_report().judged or {}
        days = retention_days or self.place.settings.retention_days
        status.close(act, report, reason, retention_days=days)
        collection.collect(act, report, judged, said)

    def _answer_gates(self, share: float, ids: Sequence[str]) -> tuple[Gate, ...]:
        """Answers every gate that can be answered, and returns how they then stand."""
        act, report = self.act(share), self.sent.report
        plan = gate_answers.build_plan(act, report, ids, self.place.settings)
        drafts = {
            gate.key: GateDraft(gate.ways[0], "(Made up.) Talked about on the phone.")
            for gate in gates.list_gates(plan)
            if gate.ways
        }
        return gates.list_gates(gate_answers.answer(act, report, plan, drafts))

    def _chosen(self, contact_id: str, rule: str, why: str) -> ChosenRecipient:
        contact = self.place.countries.find_contact(contact_id)
        return ChosenRecipient(contact_id, rule, why, contact.name, self.place.words(contact))

    def _composed(self, opened: OpenReport, without: str = "") -> tuple[Selection, ComposedReport]:
        """Returns a selection of everything, files included, and what it composes to."""
        place, report = self.place, self.sent.report
        private = self.first.open_case_key(place.session, report)
        kept = report_files.list_for_referral(
            place.session, place.vault, place.store, report, private
        )
        files = [EnclosedFile(each.name, each.media_type, b"".join(each.read())) for each in kept]
        whole = Selection.from_report(opened)
        ids = frozenset(each.id.hex for each in kept)
        passages = (without,) if without else ()
        note = "(Made up.) Please tell us when you have read it." if without else ""
        picked = Selection(whole.fields, whole.messages, ids, passages, note)
        history = custody.export(place.session, report)
        return picked, compose.compose(opened, picked, files, history)
