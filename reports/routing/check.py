"""Checks across the country files: exactly one common file, unique ids, no future review dates."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from reports.routing.check_rules import RuleCheck, Space, find_condition_fault
from reports.routing.facts import SWITCHES, FactSpace
from reports.routing.faults import FileFault
from reports.routing.load import CountryFile
from reports.routing.rules import COMMON_SECTIONS, SECTIONS

GUIDE_LINE = re.compile(r"(?:^|; )([A-Z]):\d")


def check_all(
    files: list[CountryFile], faults: list[FileFault], *, today: date | None, complete: bool
) -> None:
    """Notes every fault between files. `complete`: False when a file could not be read at all."""
    _check_files(files, faults)
    known = _check_ids(files, faults)
    if complete:
        _check_sources(files, faults)
        _check_reached(files, faults, known)
    if today is not None:
        for file in files:
            _check_dates(file, today, faults)
    space = FactSpace.from_places(
        dict.fromkeys(file.code for file in files if not file.common),
        dict.fromkeys(region for file in files for region in file.regions),
    )
    values: Space = {name: tuple(words) for name, words in space.choices.items()}
    values |= dict.fromkeys((*SWITCHES, "office_hours"), (False, True))
    derived = {fact.name: fact for file in files for fact in file.derived}
    for file in files:
        _check_derived(file, values, faults)
        for section, blocks in file.sections.items():
            rules = RuleCheck(file, section, values, derived, faults)
            if complete:
                rules.check_contacts(blocks, known)
            for position, block in enumerate(blocks):
                rules.check_block(block, blocks[:position])


def _check_files(files: list[CountryFile], faults: list[FileFault]) -> None:
    common = [file for file in files if file.common]
    if len(common) != 1:
        names = ", ".join(file.file for file in common) or "none"
        sentence = f"exactly one file must be the common one: {names}"
        files_named = [file.file for file in common] or ["*.toml"]
        faults += [FileFault(name, "common", sentence) for name in files_named]
    for name in ("code", "order"):
        # Which of the two is wrong is unknown, so each is reported with the other.
        faults += [
            FileFault(file.file, name, f"{getattr(file, name)!r} is used by {other.file} too")
            for file in files
            for other in files
            if file is not other and getattr(file, name) == getattr(other, name)
        ]
    for file in files:
        for section in COMMON_SECTIONS if file.common else SECTIONS:
            if not file.sections.get(section):
                faults.append(FileFault(file.file, section, "this section has no blocks"))


def _check_ids(files: list[CountryFile], faults: list[FileFault]) -> dict[str, bool]:
    """Notes reused ids; returns for each contact id whether it is public."""
    holders: dict[tuple[str, str], list[CountryFile]] = {}
    for file in files:
        for named in _list_ids(file):
            holders.setdefault(named, []).append(file)
    for (_kind, name), users in holders.items():
        # An id starts with the code of its file: a file that uses another's prefix is at fault.
        owner = next((f for f in users if name.startswith(f"{f.code.lower()}-")), users[0])
        users.remove(owner)
        faults += [
            FileFault(user.file, name, f"this id is reused; it stands in {owner.file} too")
            for user in users
        ]
    return {contact.id: contact.public for file in files for contact in file.contacts}


def _list_ids(file: CountryFile) -> Iterator[tuple[str, str]]:
    """Yields kind and id of everything in a file whose id must be unique among all files."""
    yield from (("contacts", contact.id) for contact in file.contacts)
    yield from (("derived", fact.name) for fact in file.derived)
    yield from (("regions", region) for region in file.regions)
    yield from (("guides", guide.id) for guide in file.shared.guides)
    for section, blocks in file.sections.items():
        for block in blocks:
            yield f"{file.code}.{section}", block.id
            yield from (("rules", rule.id) for rule in block.rules)


def _check_sources(files: list[CountryFile], faults: list[FileFault]) -> None:
    """Notes each guide letter in a source that the common file does not describe."""
    guides = {guide.id for file in files for guide in file.shared.guides}
    for file in files:
        sources = [(f"facts.{fact.key}", fact.review.source) for fact in file.facts]
        sources += [(f"contacts[{each.id}]", each.review.source) for each in file.contacts]
        for section, blocks in file.sections.items():
            sources += [
                (f"{section}[{block.id}].rules[{rule.id}]", rule.source)
                for block in blocks
                for rule in block.rules
            ]
        for key, source in sources:
            for letter in sorted(set(GUIDE_LINE.findall(source)) - guides):
                sentence = f"no guide {letter!r} is described in the common file"
                faults.append(FileFault(file.file, f"{key}.source", sentence))


def _check_reached(
    files: list[CountryFile], faults: list[FileFault], known: Mapping[str, bool]
) -> None:
    """Notes each contact point of a fact that is in no file, and each country that names nobody
    public to ask."""
    for file in files:
        for fact in file.facts:
            for contact in fact.contacts:
                if contact not in known:
                    sentence = f"no contact point {contact!r} is in any file"
                    faults.append(FileFault(file.file, f"facts.{fact.key}.contacts", sentence))
        if file.asked and not known.get(file.asked, False):
            sentence = f"{file.asked!r} is no public contact point"
            faults.append(FileFault(file.file, "ask", sentence))


def _check_dates(file: CountryFile, today: date, faults: list[FileFault]) -> None:
    reviews = [(f"facts.{fact.key}", fact.review) for fact in file.facts]
    reviews += [(f"contacts[{contact.id}]", contact.review) for contact in file.contacts]
    for key, review in reviews:
        if review.reviewed_on > today:
            sentence = f"{review.reviewed_on} lies in the future"
            faults.append(FileFault(file.file, f"{key}.reviewed_on", sentence))


def _check_derived(file: CountryFile, values: Space, faults: list[FileFault]) -> None:
    for fact in file.derived:
        key = f"derived[{fact.name}]"
        if fact.name in values:
            faults.append(FileFault(file.file, key, "this name is a fact already"))
        for position, case in enumerate(fact.cases):
            for condition in case:
                sentence = find_condition_fault(condition, values)
                if sentence:
                    faults.append(FileFault(file.file, f"{key}.cases[{position}].when", sentence))
