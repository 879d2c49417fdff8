"""The dimensions of the statistics, and the values of each.

The dimensions are those that the two national registrations name: CoMensha counts sector, country
of origin, age and who reported (brochure for the Benelux, lines 1257-1268); the Luxembourg police
count sex, age, country of origin and kind of exploitation (lines 1019-1024).

Small on purpose: all other modules of the statistics use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reports import territory
from reports.intake import questions
from reports.territory import LiveCodes

COUNTRIES: Final = LiveCodes(lambda territory: (*territory.codes, "unknown"))
"""The columns of every table: the country where it happens. Elsewhere and unknown are one
column."""
SEXES: Final = ("female", "male", "other", "unknown")
ORIGINS: Final = territory.ORIGINS
"""Groups of nationalities, from the common country file. A single nationality would identify too
much where numbers are small."""
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
"""What staff enter when they close a report; the rest comes from its answers."""
TIMES: Final = ("read_days", "answer_days")
"""Days from arrival to the first reading, and from referral to the first answer."""
