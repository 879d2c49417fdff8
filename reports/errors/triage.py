"""Failures of the work on a report, and of what is counted of it at its end."""

from __future__ import annotations

from datetime import datetime

from reports.errors.base import WaysideError


class NoSuchReport(WaysideError):
    """No report of this id on a desk that the staff member belongs to."""


class ClaimedByAnother(WaysideError):
    """Somebody else is working on the report: `name`, until `until` unless they go on."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__("claimed by another")
        self.name = name
        self.until = until


class HandOverRefused(WaysideError):
    """The report cannot go to another desk: it was referred, is held, or waits for a second yes."""


class PutOffRefused(WaysideError):
    """The report cannot be put off: `reason` is "day", "closed" or "danger"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StatusRefused(WaysideError):
    """The transition is not in the table of statuses."""


class CorrectionRefused(WaysideError):
    """A correction names a field or a value that there is not; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class AssessmentRefused(WaysideError):
    """An assessment names a sign or an answer that there is not."""


class QuestionRefused(WaysideError):
    """A quick question or an answer to one that there is not, or not in this thread."""


class NoTranslation(WaysideError):
    """No engine for machine translation of this name, or none for these two languages."""


class LinkRefused(WaysideError):
    """Two reports that cannot be linked: the same one, or one of another desk."""


class MatchFailed(WaysideError):
    """A reporter's texts were not looked through for identifiers; `code` says why.

    "late": it took too long. "broken": the child process failed, or answered something else.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PageNotDrawn(WaysideError):
    """No page of a file can be shown; `code` says why.

    "damaged": the engine cannot read it, or failed. "password": it opens with a password alone.
    "pixels": the picture is too large. "bomb": it takes too much memory. "late": it took too long.
    "type": no engine draws files of this type.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ReasonMissing(WaysideError):
    """Something needs a written reason: closing without a referral, urgency set by hand."""


class LoweringUnexplained(ReasonMissing):
    """What protects the person less needs a written reason, for the second person."""


class GateOpen(WaysideError):
    """Something must be answered before a report leaves.

    `gate` is its code, `contact_id` the recipient that it is about ("" for all), and `lacks` what
    is missing: "answer", or "reason" for an answer that needs words.
    """

    def __init__(self, gate: str, contact_id: str = "", lacks: str = "answer") -> None:
        super().__init__(f"{gate} {contact_id} {lacks}")
        self.gate = gate
        self.contact_id = contact_id
        self.lacks = lacks


class CustodyBroken(WaysideError):
    """A custody chain does not hold; `chain` and `number` name the first broken line."""

    def __init__(self, chain: str, number: int) -> None:
        super().__init__(f"chain {chain}, line {number}")
        self.chain = chain
        self.number = number


class StatisticRefused(WaysideError):
    """A coded fact has a value that there is not; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PublicationRefused(WaysideError):
    """The counts of a year cannot be published; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
