"""Template context of a report's page: corrections, assessment, links, custody check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody, mailbox, quick_replies
from reports.errors import NotAllowed, SealBroken
from reports.intake.taxonomy import TAXONOMY
from reports.model import Proposal
from reports.roster.keyring import Keyring
from reports.triage import legal_hold, links
from reports.triage.findings import assessment, corrections
from reports.triage.findings.judgement import Correction, Judgement
from reports.triage.queue import claim
from reports.triage.report_reader import OpenReport
from reports.vault import Vault
from webapp.desk import fact_labels
from webapp.i18n import get_known_languages, get_language
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, list_desk_languages
from webapp.triage import whatif
from webapp.wording import taxonomy_labels


@dataclass(frozen=True)
class ChangedFact:
    """One fact that is not as the form has it.

    `made` is the correction; None where the reporter said so in the mailbox. `second` is who
    agreed to it.
    """

    field: str
    own: str
    value: str
    made: Correction | None
    second: UUID | None = None


def build(
    session: Session, vault: Vault, keyring: Keyring, opened: OpenReport, *, translates: bool
) -> dict[str, Any]:
    """Returns the context that `triage/report.html` and its parts need besides the report."""
    facts = opened.judged or {}
    made = opened.assessment
    return {
        "chain_broken": custody.find_broken_line(session, vault, opened.report),
        "correctable": corrections.list_allowed(),
        "changed": _changed(opened),
        "alone": claim.is_alone(session, opened.report.desk_id, keyring.staff.id),
        "lowerings": opened.judgement.waiting if opened.judgement else (),
        "advice": assessment.recommend(made.answers if made else {}, facts),
        "linked": _links(session, keyring, opened),
        "tapped": mailbox.find_answers(opened.thread or ()),
        "standing_codes": quick_replies.ANSWERS,
        "quick": quick_replies.QUESTIONS,
        "step": choose_next_step(opened),
        "judged": fact_labels,
        "group_words": {group.id: taxonomy_labels.label_entry(group) for group in TAXONOMY.groups},
        "can_translate": translates and opened.language != get_language().tag,
        **build_languages(opened),
    }


def choose_next_step(opened: OpenReport) -> str:
    """Returns the suggested next step: "assess", "route" or "". With danger now, no assessment."""
    report = opened.report
    if report.status == "closed":
        return ""
    waiting = report.status in ("received", "in_triage") and opened.answers is not None
    return "assess" if waiting and opened.assessment is None and report.urgency < 3 else "route"


def build_languages(opened: OpenReport) -> dict[str, Any]:
    """Returns the reporter's language, and the languages that staff can say they wrote in."""
    chosen = (opened.answers or {}).get("reply_language", "")
    theirs = chosen if chosen in get_known_languages() else opened.language
    tags = [language.tag for language in list_desk_languages()]
    return {"their_language": theirs, "written_in": list(dict.fromkeys((*tags, theirs)))}


def _changed(opened: OpenReport) -> list[ChangedFact]:
    """Returns each field whose value is not the one of the form."""
    judged, own = opened.judgement or Judgement({}), opened.answers or {}
    names = [name for name, value in judged.values.items() if value != own.get(name, "")]
    found = [
        ChangedFact(
            *(name, own.get(name, ""), judged.values[name]),
            judged.made.get(name),
            judged.seconds.get(name),
        )
        for name in dict.fromkeys((*(each for each in judged.made if each in names), *names))
    ]
    by_hand = judged.made.get("urgency")
    return [
        *found,
        *([ChangedFact("urgency", "", str(by_hand.urgency), by_hand)] if by_hand else []),
    ]


def _links(session: Session, keyring: Keyring, opened: OpenReport) -> list[links.LinkSuggestion]:
    try:
        return links.list_suggestions(session, keyring, opened)
    except (NotAllowed, SealBroken):
        return []


def build_referrals(opened: OpenReport) -> dict[str, Any]:
    """Returns the pending proposal, the legal hold, and the facts to try."""
    session, report = get_session(), opened.report
    return {
        "waiting_proposal": session.get(Proposal, report.id),
        "legal_hold": legal_hold.read(session, get_vault(), get_keyring(), report),
        "what_if": whatif.list_fields(opened.judged or {}),
    }
