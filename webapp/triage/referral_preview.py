"""Reads from the form what staff chose to send, and builds preview, differences and packets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from flask import request

from reports import custody, mailbox
from reports.act import Act
from reports.attachments import report_files
from reports.delivery import packet_text
from reports.delivery.channels.registry import get_channel
from reports.delivery.packet_content import EnclosedFile, Slip
from reports.errors import NoRecipient, RecipientUnready, SealBroken, StoreFailed
from reports.intake.question import N_
from reports.triage.referral import compose, dispatch, used_keys
from reports.triage.referral.compose import ComposedReport, Selection
from reports.triage.referral.dispatch import ChosenRecipient, PackedReferral, PacketSender
from reports.triage.referral.used_keys import KeyChange
from reports.triage.report_reader import OpenReport
from webapp.desk.packet_language import choose_language
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.site.file_store import get_store
from webapp.staff_auth import get_keyring
from webapp.triage import route
from webapp.triage.route import RouteChoice, RouteOffer

LATER: Final = N_("(given when it is sent)")
"""Placeholder in a preview for what is only known on sending; translated like the rest."""
CALLED: Final = "/desk/received"
NOBODY: Final = UUID(int=0)


@dataclass(frozen=True)
class SendableFile:
    """A file that can be enclosed, as the form lists it."""

    id: str
    name: str
    size: int
    cleaned: bool


@dataclass(frozen=True)
class ReferralPlan:
    """A referral before it is decided: the recipients, the content, and its differences."""

    opened: OpenReport
    offer: RouteOffer
    choices: tuple[RouteChoice, ...]
    selection: Selection
    composed: ComposedReport
    fingerprint: str
    changed_keys: Mapping[str, KeyChange] = field(default_factory=dict)
    """The recipients whose key is not the one that this desk last sent to, by contact id."""

    @property
    def ids(self) -> list[str]:
        """The recipients, in their order."""
        return [choice.contact.id for choice in self.choices]

    @property
    def previews(self) -> list[tuple[RouteChoice, str]]:
        """What each recipient will read."""
        return [(choice, _preview(self.composed, choice)) for choice in self.choices]


def read_selection(opened: OpenReport) -> Selection:
    """Returns the selection in the request's form, or the default before the form was shown."""
    form = request.form
    if form.get("chosen") != "1":
        return Selection.from_report(opened)
    return Selection(
        fields=frozenset(form.getlist("field")),
        messages=frozenset(form.getlist("message")),
        files=frozenset(form.getlist("file")),
        passages=compose.parse_passages(form.get("passages", "")),
        note=form.get("note", ""),
        history=form.get("history") == "1",
    )


def make_plan(opened: OpenReport, wanted: Sequence[str], chosen: Selection) -> ReferralPlan:
    """Returns the plan for the `wanted` contact ids and the selection.

    Raises `NoRecipient`, `RecipientUnready`, `StoreFailed`, and as `compose.compose` does.
    """
    offer = route.build_offer(get_session(), get_vault(), get_countries(), opened, clock.now())
    choices = _all_of(offer, wanted)
    files = [_taken(file) for file in _files(opened) if file.id.hex in chosen.files]
    history = custody.export(get_session(), opened.report)
    composed = compose.compose(opened, chosen, files, history)
    seen = dispatch.compute_fingerprint(
        get_session(), get_vault(), composed.content, _chosen(choices)
    )
    settings = [choice.setting for choice in choices if choice.state != "sent"]
    changed = used_keys.list_changes(get_session(), get_vault(), opened.report.desk_id, settings)
    return ReferralPlan(opened, offer, choices, chosen, composed, seen, changed)


def pack(made: ReferralPlan) -> list[PackedReferral]:
    """Builds the packets of a plan. Raises as `dispatch.pack` does."""
    act = Act(get_session(), get_vault(), get_keyring(), clock.now())
    sender = PacketSender(get_services().config.domain.mail_from, _answer_at())
    report, content = made.opened.report, made.composed.content
    return dispatch.pack(act, report, content, _chosen(made.choices), sender)


def list_sendable_files(opened: OpenReport) -> list[SendableFile]:
    """Returns the files of the report that can be enclosed, leaving out damaged ones."""
    return [
        SendableFile(each.id.hex, each.name, each.size, each.cleaned) for each in _files(opened)
    ]


def list_messages(opened: OpenReport) -> list[mailbox.OpenMessage]:
    """Returns the messages that can be enclosed."""
    return list(mailbox.filter_written(opened.thread) or ())


def _answer_at() -> str:
    """Returns the URL where recipients acknowledge: on the desk's own host, without any secret."""
    host = get_services().config.staff_host
    return f"https://{host}{CALLED}" if host else f"{request.host_url.rstrip('/')}{CALLED}"


def _all_of(offer: RouteOffer, wanted: Sequence[str]) -> tuple[RouteChoice, ...]:
    """Returns a choice for every wanted contact point. Raises `RecipientUnready`, `NoRecipient`."""
    chosen = offer.select(wanted)
    known = {choice.contact.id for choice in offer.choices if choice.state in ("ready", "sent")}
    missing = [name for name in wanted if name not in known and name in get_countries().contacts]
    if missing:
        raise RecipientUnready(missing[0])
    if not chosen:
        raise NoRecipient("nobody that could be written to")
    return tuple(chosen)


def _chosen(choices: Sequence[RouteChoice]) -> list[ChosenRecipient]:
    return [
        ChosenRecipient(
            choice.contact.id,
            choice.rule,
            choice.why,
            choice.contact.name,
            choose_language(choice.contact),
        )
        for choice in choices
    ]


def _preview(composed: ComposedReport, choice: RouteChoice) -> str:
    words = choose_language(choice.contact)
    later = words.say(LATER)
    setting = choice.setting
    by_code = setting is not None and get_channel(setting.channel).answers_by_code
    where = (f"{_answer_at()}#{later}", later) if by_code else None
    slip = Slip(NOBODY, choice.contact.id, choice.contact.name, choice.rule, choice.why, where)
    text = packet_text.render_text(composed.content, slip, words)
    return text.replace(str(NOBODY), later)


def _files(opened: OpenReport) -> list[report_files.ReferralFile]:
    if not opened.report.has_attachments:
        return []
    private = get_keyring().open_case_key(get_session(), opened.report)
    store = get_store()
    return report_files.list_for_referral(get_session(), get_vault(), store, opened.report, private)


def _taken(file: report_files.ReferralFile) -> EnclosedFile:
    """Reads the content of a file. Raises `StoreFailed` if it is unreadable or damaged."""
    try:
        return EnclosedFile(file.name, file.media_type, b"".join(file.read()))
    except SealBroken as problem:
        raise StoreFailed("a file is damaged") from problem
