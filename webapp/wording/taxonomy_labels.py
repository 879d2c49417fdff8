"""The words of the taxonomy in the language of the page (`reports.intake.taxonomy`).

Small on purpose: shared by both faces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import LazyString

from reports.intake.taxonomy import DESK, TAXONOMY, TaxonomyEntry
from webapp.i18n import MESSAGES


def label_entry(entry: TaxonomyEntry, door: str = DESK) -> LazyString:
    """Returns the entry's sentence for `door`, or the desk's if that door is not asked it."""
    return MESSAGES.lazy_gettext(entry.words.get(door, entry.words[DESK]))


def label_entries(entries: Iterable[TaxonomyEntry], door: str = DESK) -> Mapping[str, LazyString]:
    """Returns id to sentence, in the order given."""
    return {entry.id: label_entry(entry, door) for entry in entries}


def label_by_group(
    codes: Iterable[str], door: str = DESK
) -> list[tuple[LazyString, list[LazyString]]]:
    """Returns the signs among `codes`: the words of each group with those of its signs."""
    return [
        (label_entry(group, door), [label_entry(sign, door) for sign in signs])
        for group, signs in TAXONOMY.group_signs(codes)
    ]


SECTORS: Final = label_entries(TAXONOMY.sectors)
"""Sectors, with the same words for every door."""
