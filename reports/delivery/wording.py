"""What a contact point reads: the report as plain text in English, with labels for every code.

Whatever a reporter wrote stands behind a bar on every line, so that no story can pass itself off as
a line of ours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from reports.mailbox import Line
from reports.routing.load_contacts import ZONE

WIDTH: Final = 76
BAR: Final = "| "

LABELS: Final[Mapping[str, str]] = {
    "country": "Country",
    "region": "Region",
    "place": "Place",
    "form": "What it seems to be",
    "kind": "Who reports",
    "age": "Age of who is at risk",
    "danger": "In danger now",
}
"""The short answers, in this order; the story follows them."""

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "country": {
        "BE": "Belgium",
        "NL": "the Netherlands",
        "LU": "Luxembourg",
        "other": "another country",
    },
    "region": {"flanders": "Flanders", "brussels": "Brussels", "wallonia": "Wallonia"},
    "form": {
        "sexual": "sexual exploitation",
        "labour": "exploitation at work",
        "begging": "forced begging",
        "forced_crime": "being forced to commit crimes",
        "organs": "removal of organs",
        "child_sale": "sale of a child",
        "forced_marriage": "forced marriage",
        "illegal_adoption": "illegal adoption",
        "surrogacy": "exploitation of surrogacy",
    },
    "kind": {
        "self": "the person affected",
        "witness": "a witness",
        "professional": "a professional",
    },
    "age": {"adult": "adult", "minor": "minor", "doubtful": "in doubt: to be treated as a minor"},
    "danger": {"yes": "YES", "no": "no"},
}
AUTHORS: Final[Mapping[str, str]] = {"reporter": "the reporter", "desk": "the desk"}


def text_of(
    answers: Mapping[str, str],
    language: str,
    received_at: datetime,
    thread: Iterable[Line] | None,
    *,
    delivery: str,
    contact_id: str,
    rule: str,
    why: str,
) -> str:
    """The whole readable part. `thread` is None when the messages could not be opened."""
    parts = [
        "A REPORT OF POSSIBLE HUMAN TRAFFICKING",
        *_ours("Sent to", contact_id),
        *_ours("Because", f"{why} (rule {rule})"),
        *_ours("Our reference", delivery),
        *_ours("Received", _moment(received_at)),
        *_ours("Language of the form", language),
        "The reporter is anonymous. We can pass on a question: quote our reference.",
        "",
        *_answers(answers),
        "",
        "IN THE REPORTER'S WORDS",
        *_quoted(answers.get("story", "")),
    ]
    if thread is None:
        parts += ["", "MESSAGES SINCE THEN", "They are damaged here and cannot be read."]
    else:
        for number, line in enumerate(thread):
            parts += ["", *(["MESSAGES SINCE THEN"] if not number else [])]
            parts += [f"{_moment(line.at)}, {AUTHORS[line.author]}:", *_quoted(line.text)]
    return "\n".join([*parts, ""])


def _answers(answers: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for name, label in LABELS.items():
        value = answers.get(name, "")
        if name in VALUES:
            lines += _ours(label, VALUES[name].get(value, "not known"))
        elif value:
            lines += [f"{label}:", *_quoted(value)]
    return lines


def _ours(label: str, value: str) -> list[str]:
    return textwrap.wrap(f"{label}: {value}", WIDTH, subsequent_indent="  ") or [f"{label}:"]


def _quoted(words: str) -> list[str]:
    lines: list[str] = []
    for paragraph in words.splitlines() or [""]:
        # A long web address stays whole: it may be the evidence.
        lines += textwrap.wrap(
            paragraph, WIDTH - len(BAR), break_long_words=False, break_on_hyphens=False
        ) or [""]
    return [(BAR + line).rstrip() for line in lines]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M} (Brussels time)"
