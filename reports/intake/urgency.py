"""The urgency of a report before anyone has read it: a sum of points over its answers.

The sum is computed when the report arrives and again whenever an opened report is shown. Only the
resulting level, one of four, is stored in the clear; the answers stay sealed.

The points are this product's own, since no source gives figures. Danger weighs more than everything
else together, so that nothing else adds up to "now".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reports.intake.questions import split_codes

NOW, HIGH, NORMAL, LOW = 3, 2, 1, 0

DANGER: Final = 200
REACHES: Final = ((NOW, DANGER), (HIGH, 40))
"""The least number of points for each level; below all of them the level is `NORMAL`."""
A_SIGN: Final = 4
SIGNS_AT_MOST: Final = 20
_PEOPLE: Final = {"few": 5, "many": 10, "crowd": 15}
_WHERE: Final = ("country", "form", "place")


@dataclass(frozen=True)
class ScorePart:
    """One line of the sum: a stable code and its points."""

    code: str
    points: int


@dataclass(frozen=True)
class Score:
    """The sum, its lines, and the level that it reaches."""

    parts: tuple[ScorePart, ...]
    total: int
    urgency: int


def compute_score(answers: Mapping[str, str]) -> Score:
    """Returns the sum over these answers, without lines of zero points.

    danger: somebody is in danger now. minor: under 18, or in doubt, which counts the same (as in
    the routing facts). affected: the reporter is the person affected. ongoing: it still goes on.
    signs: the number of signs seen, up to a limit. people: how many. complete: place, country and
    form are known, so work can begin.
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
    """Returns the level of `compute_score`: 1 to 3. Only staff can set 0, "can wait"."""
    return compute_score(answers).urgency
