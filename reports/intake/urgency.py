"""How urgent a report is before anyone has read it: a sum over its answers that anybody can follow.

The sum is made from the answers as they come in, and again whenever an opened report is shown. In
the clear is kept only which of four levels it reaches; the answers themselves stay sealed.

The points are this product's own: no source gives figures. Danger weighs more than all other lines
together, so that nothing else ever adds up to "now".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reports.intake.questions import split_codes

NOW, HIGH, NORMAL, LOW = 3, 2, 1, 0

DANGER: Final = 200
REACHES: Final = ((NOW, DANGER), (HIGH, 40))
"""From how many points on a level is reached; below all of them it is `NORMAL`."""
A_SIGN: Final = 4
SIGNS_AT_MOST: Final = 20
_PEOPLE: Final = {"few": 5, "many": 10, "crowd": 15}
_WHERE: Final = ("country", "form", "place")


@dataclass(frozen=True)
class ScorePart:
    """One line of the sum: its stable code and the points that it gives."""

    code: str
    points: int


@dataclass(frozen=True)
class Score:
    """The sum with its lines, and the level that it reaches."""

    parts: tuple[ScorePart, ...]
    total: int
    urgency: int


def compute_score(answers: Mapping[str, str]) -> Score:
    """The sum over these answers; lines that give nothing are left out.

    danger: somebody is in danger now. minor: under 18, or in doubt, which counts the same (routing
    facts). affected: a person reports for themself. ongoing: it goes on. signs: so many seen, up to
    a limit. people: how many. complete: place, country and form are told, so that work can begin.
    """
    seen = [sign for sign in split_codes(answers.get("signs", "")) if sign != "unknown"]
    told = all(answers.get(name, "unknown") not in ("", "unknown") for name in _WHERE)
    lines = (
        ScorePart("danger", DANGER if answers.get("danger") == "yes" else 0),
        ScorePart("minor", 40 if answers.get("age") in ("minor", "doubtful") else 0),
        ScorePart("affected", 40 if answers.get("kind") == "self" else 0),
        ScorePart("ongoing", 10 if answers.get("ongoing") == "yes" else 0),
        ScorePart("signs", min(SIGNS_AT_MOST, A_SIGN * len(seen))),
        ScorePart("people", _PEOPLE.get(answers.get("people", ""), 0)),
        ScorePart("complete", 4 if told else 0),
    )
    parts = tuple(part for part in lines if part.points)
    total = sum(part.points for part in parts)
    return Score(parts, total, next((level for level, at in REACHES if total >= at), NORMAL))


def compute_urgency(answers: Mapping[str, str]) -> int:
    """The level of `score_of`. 0 is never given by a machine: only staff may say "can wait"."""
    return compute_score(answers).urgency
