"""The gates before anything leaves: what must be so, or be answered, for a referral to be made.

`list_gates` is pure and the only place that says what stands in the way. `require_open` runs in the
transaction that sends, under the report's lock, so that no page decides it. What staff answer is
stored with its reason (`reports.triage.referral.gate_answers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from reports.errors import GateOpen
from reports.settings import EVERY_DESK, Settings

PERSON_AFFECTED: Final = ("self", "unknown")
"""Answers that count as a report by the person affected: also none, as in routing."""
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "danger": ("called", "not_needed"),
    "language": ("read", "translated", "unread"),
    "reach": ("told",),
    "key": ("compared",),
    "police": ("anyway",),
    "abroad": ("anyway",),
    "returned": ("anyway",),
    "second": (),
}
"""Every gate, in the order in which they are shown, and how it can be answered on the spot."""
SPEAK_FOR_THEMSELVES: Final = (("danger", "called"), ("language", "read"), ("key", "compared"))
"""The answers that need no reason."""


@dataclass(frozen=True)
class GateAnswer:
    """What somebody answered to a gate; it holds while the gate is about the same (`about`)."""

    gate: str
    contact_id: str
    about: str
    way: str
    reason: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return f"GateAnswer({self.gate})"


@dataclass(frozen=True)
class Gate:
    """One gate: open to the referral (`is_open`) because all is well (`green`) or it was answered.

    `about` is what it is about, as a stable text. `two`: its answer takes a second person.
    `contact_id` names the recipient, "" where it is about all.
    """

    code: str
    green: bool
    contact_id: str = ""
    about: str = ""
    two: bool = False
    given: GateAnswer | None = None
    ways: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from the others of a plan."""
        return f"{self.code}.{self.contact_id}" if self.contact_id else self.code

    @property
    def is_open(self) -> bool:
        """Whether the referral may pass."""
        return self.green or self.given is not None


@dataclass(frozen=True)
class GateRecipient:
    """One recipient: `obstacle` is why nothing can be sent, "" for none; `unnoticed` as in `Reach`.

    `returned` is when they sent this report back, "" if they did not. `other_key` is the key that
    the desk last sent to and the one that is confirmed now, "" where they are one.
    """

    contact_id: str
    country: str
    police: bool = False
    obstacle: str = ""
    unnoticed: bool = False
    returned: str = ""
    other_key: str = ""


@dataclass(frozen=True)
class GatePlan:
    """All that the gates ask of a referral.

    `facts` are the answers that hold and `own` the reporter's own words. `sender` is who sends,
    `proposer` who proposed it, if somebody did. `urgent`: the desk works on it as "now".
    `spoken_at` is when the reporter last wrote. `languages` are those that whoever decides knows.
    `home` is the desk's country, "" for none. `by_setting`: its referrals always take two people.
    `seconded`: the second person is still to come, as for a proposal.
    """

    facts: Mapping[str, str]
    own: Mapping[str, str]
    recipients: tuple[GateRecipient, ...]
    sender: UUID
    proposer: UUID | None = None
    given: tuple[GateAnswer, ...] = ()
    urgent: bool = False
    spoken_at: str = ""
    language: str = ""
    languages: frozenset[str] = frozenset()
    home: str = ""
    by_setting: bool = False
    seconded: bool = False

    def __repr__(self) -> str:
        return "GatePlan(...)"


def is_affected(answers: Mapping[str, str]) -> bool:
    """Returns whether these are the answers of the person affected, or may be."""
    return answers.get("kind", "unknown") in PERSON_AFFECTED


def is_set_for(desk_name: str, settings: Settings) -> bool:
    """Returns whether the settings want a second person for every referral of the desk."""
    return EVERY_DESK in settings.four_eyes or desk_name.lower() in settings.four_eyes


def list_gates(plan: GatePlan) -> tuple[Gate, ...]:
    """Returns every gate of the referral, those of all recipients first and "second" last."""
    found = [*_list_common(plan)]
    for each in plan.recipients:
        found += _list_for(plan, each)
    two = plan.by_setting or is_affected(plan.facts) or any(g.two and not g.green for g in found)
    seconded = plan.seconded or plan.proposer not in (None, plan.sender)
    return (*(_answered(plan, each) for each in found), Gate("second", seconded or not two))


def require_open(plan: GatePlan) -> None:
    """Raises `GateOpen` with the first gate that is neither green nor answered."""
    for gate in list_gates(plan):
        if not gate.is_open:
            raise GateOpen(gate.code, gate.contact_id)


def needs_second(gates: tuple[Gate, ...]) -> bool:
    """Returns whether a second person must agree before it leaves."""
    return not gates[-1].is_open


def _list_common(plan: GatePlan) -> Iterator[Gate]:
    danger = plan.urgent or plan.facts.get("danger") == "yes"
    about = f"{plan.facts.get('danger', '')} {plan.spoken_at}"
    yield Gate("danger", not danger, about=about, ways=WAYS["danger"])
    known = plan.language in plan.languages
    about = f"{plan.language} {plan.spoken_at}"
    yield Gate("language", known, about=about, ways=WAYS["language"])


def _list_for(plan: GatePlan, to: GateRecipient) -> Iterator[Gate]:
    id, police, abroad = to.contact_id, *map(plan.facts.get, ("police", "abroad"))
    # What cannot be sent has no answer: a key is confirmed, or somebody else is chosen.
    ways = () if to.obstacle else WAYS["reach"]
    reached = not (to.obstacle or to.unnoticed)
    yield Gate("reach", reached, id, to.obstacle or "unnoticed", ways=ways)
    yield Gate("key", not to.other_key, id, to.other_key, two=True, ways=WAYS["key"])
    # A person affected is never taken to the police by silence (F:927-942).
    agreed = police == "accepted" or (police != "refused" and not is_affected(plan.facts))
    fine = agreed or not to.police
    yield Gate("police", fine, id, police or "", two=True, ways=WAYS["police"])
    at_home = to.country in _list_home(plan)
    no = abroad == "no"
    fine = at_home or abroad == "yes"
    yield Gate("abroad", fine, id, abroad or "", two=no, ways=WAYS["abroad"])
    yield Gate("returned", not to.returned, id, to.returned, ways=WAYS["returned"])


def _list_home(plan: GatePlan) -> set[str]:
    """The countries that are not abroad: where the reporter says that it happens or the person is.

    Only where they do not say does the desk's word count, or else its own country: a correction of
    the country must not send a report over a border that the reporter closed.
    """
    for answers in (plan.own, plan.facts):
        named = {answers.get("country", "unknown"), answers.get("present", "same")}
        if told := named - {"unknown", "same", ""}:
            return told
    return {plan.home}


def _answered(plan: GatePlan, gate: Gate) -> Gate:
    """The gate with the last answer that holds for it.

    What takes two people counts from whoever proposes alone, so that the one who agrees is another.
    """
    if gate.green:
        return gate
    proposer = plan.proposer or plan.sender
    fitting = [
        each
        for each in plan.given
        if (each.gate, each.contact_id, each.about) == (gate.code, gate.contact_id, gate.about)
        and each.way in gate.ways
        and (not gate.two or each.staff_id == proposer)
    ]
    if not fitting:
        return gate
    return Gate(
        *(gate.code, False, gate.contact_id, gate.about, gate.two),
        given=max(fitting, key=lambda each: each.at),
        ways=gate.ways,
    )
