"""The entries of a country file besides rules: facts of law, and contact points.

Names, roles, notes and reasons are English sentences, translated through the `countries` catalogue.
Numbers, addresses and durations are data and never translated.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Literal

Confidence = Literal["high", "medium"]
Strength = Literal["right", "risk", "open"]
Checked = Literal["documents", "archived_pages"]
HoursKind = Literal["always", "weekly", "unknown"]
PoliceAnswer = Literal["yes", "no", "depends", "unknown"]
FactValue = int | bool | str | date | tuple[str, ...]

CONFIDENCES = ("high", "medium")
STRENGTHS = ("right", "risk", "open")
NAMED = ("body", "paper", "law", "term", "code")
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
NETWORK_DOMAINS = (
    "prosecution",
    "police",
    "labour_inspectorate",
    "residence",
    "victim_support",
    "victim_support_minors",
    "asylum_reception",
    "policy",
)
"""The domains of the network for professionals, in the order of the printed brochure."""
SERVES = ("all", "adults", "minors")
AREAS = ("national", "local", "international")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class SourceReview:
    """The source of an entry, and when it was last compared with that source.

    `checked` says against what: `documents` (the two printed guides of 2019 and 2021) or
    `archived_pages` (stored copies of web pages, not the live web).
    """

    source: str
    reviewed_on: date
    checked: Checked


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of law or practice. A duration is an integer with its `unit`, ready for plurals.

    `strength` chooses the sentence on a page: `right` (it holds, and is said so), `risk` (it can
    happen), `open` (it could not be confirmed, so the page says whom to ask). `changed_by` names
    the legal events that touch it, `outdated_by` those of them that it is older than: with any,
    it is shown as open. `names` says what a text names: an organisation (`body`), a paper, a law,
    another term, or a code. `contacts` are the contact points of a body, or who reaches it
    together with the person.
    """

    key: str
    value: FactValue
    unit: str | None
    confidence: Confidence
    review: SourceReview
    strength: Strength
    changed_by: tuple[str, ...] = ()
    outdated_by: tuple[str, ...] = ()
    names: str | None = None
    contacts: tuple[str, ...] = ()

    @property
    def shown_as(self) -> Strength:
        """The strength that a page uses: open where a legal event came after the last review."""
        return "open" if self.outdated_by else self.strength

    @property
    def number(self) -> int:
        """The value as a number. Raises `TypeError` when it is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"the fact {self.key} is no number")
        return self.value

    @property
    def text(self) -> str:
        """The value as it appears in a sentence; several values are joined by commas."""
        return ", ".join(self.value) if isinstance(self.value, tuple) else str(self.value)


@dataclass(frozen=True, slots=True)
class Phone:
    """One number: either `e164` or `short_code`. `printed` is the national notation.

    `from_abroad`: works, may_fail (0800, 0900, 078) or inside_only (short codes). `free`: None when
    unknown. `mobile`: it can receive text messages.
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
        """The number for a `tel:` link."""
        return self.e164 or self.short_code or ""

    @property
    def abroad(self) -> str:
        """The number as dialled from abroad, in national grouping; "" for a short code."""
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
    """When a contact point answers. `spans` are in the time zone `zone`."""

    kind: HoursKind
    zone: tzinfo
    spans: tuple[Span, ...] = ()

    def is_open_at(self, moment: datetime) -> bool | None:
        """Returns whether it is open at `moment` (with an offset), or None when unknown."""
        if self.kind == "unknown":
            return None
        if self.kind == "always":
            return True
        local = moment.astimezone(self.zone)
        day, clock = local.weekday(), local.time()
        return any(day in span.days and span.start <= clock < span.end for span in self.spans)


@dataclass(frozen=True, slots=True)
class PoliceTold:
    """Whether this contact point tells the police. With `depends`, the reason says on what."""

    answer: PoliceAnswer
    reason: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact point. Only `public` ones are shown to people asking for help.

    `guarded`: shown on no page, not even to colleagues, but to staff of the desk. `network`: part
    of the network for professionals, though it is public too.
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
    network: bool = False

    @property
    def for_colleagues(self) -> bool:
        """Whether it is shown to professionals, also of other countries."""
        own = not (self.public or self.guarded or self.category == "information")
        return own or self.network
