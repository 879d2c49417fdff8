"""What a country file holds besides rules: facts of law, and contact points.

Names, roles, notes and reasons are English sentences, to be translated through the
`countries` catalogue. Numbers, addresses and durations are data and never translated.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Literal

Confidence = Literal["high", "medium"]
Checked = Literal["documents", "archived_pages"]
HoursKind = Literal["always", "weekly", "unknown"]
PoliceAnswer = Literal["yes", "no", "depends", "unknown"]
FactValue = int | bool | str | date | tuple[str, ...]

CONFIDENCES = ("high", "medium")
CHECKED = ("documents", "archived_pages")
UNITS = ("days", "weeks", "months", "years", "hours", "percent", "euro")
POLICE_ANSWERS = ("yes", "no", "depends", "unknown")
REACHES = ("works", "may_fail", "inside_only")
CATEGORIES = (
    "emergency",
    "victim_support",
    "victim_support_minors",
    "anonymous_tipline",
    "information",
    "police",
    "labour_inspectorate",
    "asylum_reception",
    "residence",
    "prosecution",
    "policy",
)
SERVES = ("all", "adults", "minors")
AREAS = ("national", "local", "international")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class SourceReview:
    """Where an entry comes from and when it was last compared with that source.

    `checked` says against what: `documents` (the two printed guides of 2019 and 2021) or
    `archived_pages` (stored copies of web pages, not the live web).
    """

    source: str
    reviewed_on: date
    checked: Checked


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of law or practice. A duration is an integer with its `unit`, ready for plurals."""

    key: str
    value: FactValue
    unit: str | None
    confidence: Confidence
    review: SourceReview

    @property
    def number(self) -> int:
        """The value as a count; TypeError when this fact is no number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"the fact {self.key} is no number")
        return self.value

    @property
    def text(self) -> str:
        """The value as it is put into a sentence; several values are joined by commas."""
        return ", ".join(self.value) if isinstance(self.value, tuple) else str(self.value)


@dataclass(frozen=True, slots=True)
class Phone:
    """One number: either `e164` or a `short_code`. `printed` is how the country writes it.

    `from_abroad`: works, may_fail (0800, 0900, 078) or inside_only (short codes).
    `free`: None where nobody has said. `mobile`: a mobile phone, which takes text messages.
    """

    e164: str | None
    short_code: str | None
    printed: str
    from_abroad: str
    note: str | None
    free: bool | None = None
    mobile: bool = False

    @property
    def dial(self) -> str:
        """What goes behind `tel:`."""
        return self.e164 or self.short_code or ""

    @property
    def abroad(self) -> str:
        """The number as it is dialled from another country; empty for a short code.

        The code of the country, then the number as its own country writes it.
        """
        if self.e164 is None:
            return ""
        inside = self.printed.removeprefix("0")
        digits = "".join(figure for figure in inside if figure.isdigit())
        code = self.e164.removesuffix(digits)
        return f"{code} {inside}" if code != self.e164 else self.e164


@dataclass(frozen=True, slots=True)
class Span:
    """Open on `days` (0 is Monday) from `start` until `end`, `end` excluded."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Hours:
    """When a contact point answers. `zone` is the clock that `spans` are read on."""

    kind: HoursKind
    zone: tzinfo
    spans: tuple[Span, ...] = ()

    def is_open_at(self, moment: datetime) -> bool | None:
        """Whether it is open at `moment` (with an offset); None when nobody knows."""
        if self.kind == "unknown":
            return None
        if self.kind == "always":
            return True
        local = moment.astimezone(self.zone)
        day, clock = local.weekday(), local.time()
        return any(day in span.days and span.start <= clock < span.end for span in self.spans)


@dataclass(frozen=True, slots=True)
class PoliceTold:
    """Does this contact point tell the police? `depends`: the reason says on what."""

    answer: PoliceAnswer
    reason: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact point. Only `public` ones are ever shown to a person asking for help.

    `guarded`: on no page at all, not even for colleagues; staff of the desk see it.
    """

    id: str
    country: str
    public: bool
    guarded: bool
    name: str
    english_name: str
    category: str
    role: str
    serves: str
    regions: tuple[str, ...]
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    websites: tuple[str, ...]
    visiting_address: str | None
    postal_address: str | None
    hours: Hours
    languages: tuple[str, ...]
    police_told: PoliceTold
    notes: tuple[str, ...]
    review: SourceReview

    @property
    def for_colleagues(self) -> bool:
        """Whether professionals, also from other countries, are shown it; the public is not."""
        return not (self.public or self.guarded or self.category == "information")
