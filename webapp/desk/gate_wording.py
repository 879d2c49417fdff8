"""Words for the gates before a referral: what is open, how it can be answered, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from reports.errors import GateOpen
from reports.triage.referral.gates import Gate
from webapp.i18n import DESK

_ = DESK.lazy_gettext

TITLE: Final[Mapping[str, LazyString]] = {
    "danger": _("Danger"),
    "language": _("Language"),
    "reach": _("Whether they can be reached"),
    "key": _("Another key"),
    "police": _("Police"),
    "abroad": _("Another country"),
    "returned": _("Sent back before"),
    "second": _("Second person"),
}
OPEN: Final[Mapping[str, LazyString]] = {
    "danger": _("Somebody may be in danger now. Was the emergency number called?"),
    "language": _("This report is in %(language)s. Who has read it?"),
    "reach": _("Nothing can be sent to %(name)s now. Choose another contact point."),
    "reach unnoticed": _("%(name)s gets no notice when something comes. Tell them yourself."),
    "key": _(
        "The key of %(name)s is not the one that this desk used last. Call the office on a number "
        "that you know, and compare every group."
    ),
    "police": _("%(name)s is the police. Nobody said yes to the police."),
    "police refused": _("%(name)s is the police. The person does not want the police."),
    "abroad": _("%(name)s is in another country. Nobody said whether it may go there."),
    "abroad no": _("%(name)s is in another country. The reporter said no to that."),
    "returned": _("%(name)s has sent this report back before."),
    "second": _("A second person of the desk must agree before it leaves."),
}
"""What stands in the way, by gate, or by gate and what it is about."""
WAY: Final[Mapping[str, LazyString]] = {
    "danger called": _("The emergency number was called"),
    "danger not_needed": _("No call is needed, because:"),
    "language read": _("I know this language and have read it"),
    "language translated": _("It was translated, and by whom:"),
    "language unread": _("It goes unread, because:"),
    "reach told": _("They are told in another way, and how:"),
    "key compared": _("I called them, and every group is the same"),
    "police anyway": _("It goes to them all the same, because:"),
    "abroad anyway": _("It goes to them all the same, because:"),
    "returned anyway": _("It goes to them all the same, because:"),
}
"""The answers, by gate and code."""
_LACKS: Final[Mapping[str, LazyString]] = {
    "answer": _("Answer this first: %(gate)s. Nothing was sent."),
    "reason": _("Write a few words to your answer: %(gate)s. Nothing was sent."),
    "proposal": _(
        "Only who proposed this can answer it: %(gate)s. Decline the proposal, and propose anew."
    ),
}


def describe_gate(gate: Gate, name: str, language: str) -> str:
    """Returns what stands in the way; `name` is the recipient, `language` that of the report."""
    words = OPEN.get(f"{gate.code} {gate.about}", OPEN[gate.code])
    return str(words) % {"name": name, "language": language}


def label_way(gate: Gate, way: str) -> str:
    """Returns the words of an answer to a gate."""
    return str(WAY.get(f"{gate.code} {way}", way))


def describe_lack(problem: GateOpen) -> str:
    """Returns what is missing at which gate."""
    return str(_LACKS[problem.lacks]) % {"gate": TITLE[problem.gate]}
