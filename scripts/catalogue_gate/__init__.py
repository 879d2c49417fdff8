"""The gate of the catalogues: what a translation may bring, and what it must keep.

Translations come from outside, by mail as well as from a tool, and a page shows them as it shows
our own words. `find_faults` asks every rule about every text; each rule is a function that yields
one short sentence for each fault:

- `brought`    markup, addresses, figures, hidden characters, placeholders, plural forms
- `writing`    the script of the language, and its length against the English
- `speaking`   English that was left where a translation should be
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog, Message

from . import brought, speaking, writing


def find_faults(catalogue: Catalog, template: Catalog, complete: bool) -> Iterator[str]:
    """Yields every fault of a catalogue, which it names; with `complete` what is missing too.

    A text of which one plural form is missing is half a sentence, and a fault in any case.
    """
    place = f"{catalogue.locale}/{catalogue.domain}.po"
    wanted = {read_key(message) for message in template if message.id}
    present = {read_key(message) for message in catalogue if message.id}
    if wanted != present:
        stale = len(wanted ^ present)
        yield f"{place} is stale by {stale} texts: run scripts/catalogues update"
    yield from (f"{place}: {fault}" for fault in brought.find_header_faults(catalogue))
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if not message.id:
            continue
        if not any(texts) or message.fuzzy:
            if complete:
                yield f"{place}: not translated: {message.id!r}"
            continue
        for fault in _judge(message, texts, catalogue):
            yield f"{place}: {message.id!r}: {fault}"


def _judge(message: Message, texts: Sequence[str], catalogue: Catalog) -> Iterator[str]:
    english = read_key(message)
    yield from brought.find_plural_faults(texts, english, catalogue.num_plurals)
    for error in message.check(catalogue):
        yield str(error)
    for number, text in enumerate(texts):
        if not text:
            continue
        several = len(texts) > 1 and brought.counts_several(catalogue, number)
        yield from brought.find_brought(text, english, several=several)
        yield from writing.find_script_faults(text, english, catalogue)
        yield from writing.find_length_faults(text, english)
        yield from speaking.find_english(text, english, str(catalogue.locale))


def read_key(message: Message) -> tuple[str, ...]:
    """Returns the English of a message: one text, or singular and plural."""
    return message.id if isinstance(message.id, tuple) else (message.id,)
