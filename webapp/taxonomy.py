"""The words of the taxonomy in the language of the page (`reports.intake.taxonomy`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import LazyString

from reports.intake.taxonomy import DESK, TAXONOMY, TaxonomyEntry
from webapp.i18n import MESSAGES


def said(entry: TaxonomyEntry, door: str = DESK) -> LazyString:
    """The sentence that people behind `door` read; the desk's where that door is not asked."""
    return MESSAGES.lazy_gettext(entry.words.get(door, entry.words[DESK]))


def spoken(entries: Iterable[TaxonomyEntry], door: str = DESK) -> Mapping[str, LazyString]:
    """Id to sentence, in the order given."""
    return {entry.id: said(entry, door) for entry in entries}


def told(codes: Iterable[str], door: str = DESK) -> list[tuple[LazyString, list[LazyString]]]:
    """The signs among `codes`: the words of each group with those of its signs."""
    return [
        (said(group, door), [said(sign, door) for sign in signs])
        for group, signs in TAXONOMY.by_group(codes)
    ]


SECTORS: Final = spoken(TAXONOMY.sectors)
"""Kinds of work; the same words at every door."""
