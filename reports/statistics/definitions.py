"""What is counted, and the values that each count has.

The dimensions are those that the two national registrations name: CoMensha counts sector, country
of origin, age and who reported (brochure for the Benelux, lines 1257-1268); the Luxembourg police
count sex, age, country of origin and kind of exploitation (lines 1019-1024).

Small on purpose: all the other modules of the counts go by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reports import territory
from reports.intake import questions
from reports.territory import LiveCodes

COUNTRIES: Final = LiveCodes(lambda territory: (*territory.codes, "unknown"))
"""The columns of every table: where it happens. Elsewhere and not known are one."""
SEXES: Final = ("female", "male", "other", "unknown")
ORIGINS: Final = territory.ORIGINS
"""Nationality by group, as the common country file has them. A single nationality would tell too
much where few are counted."""
ENDINGS: Final = ("taken_up", "passed_on", "no_wish", "other_problem", "too_little", "twice")
"""How it ended: a contact point took it up; passed on without an answer; the person wanted nothing
passed on; it was another problem than trafficking; too little to act on; reported already."""

DIMENSIONS: Final[Mapping[str, Sequence[str]]] = {
    "form": questions.FORMS,
    "sector": questions.SECTORS,
    "age": questions.AGES,
    "sex": SEXES,
    "origin": ORIGINS,
    "kind": questions.KINDS,
    "ending": ENDINGS,
}
ASKED: Final = ("sex", "origin", "ending")
"""What staff say when they close a report; the rest stands in its facts."""
TIMES: Final = ("read_days", "answer_days")
"""Days from the day of arrival to the first reading, and from passing on to the first answer."""
