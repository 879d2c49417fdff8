"""Checks across the country files: one common file, ids used once, no review in the future."""

from datetime import date

from reports.routing.check_rules import RuleCheck, Space, find_condition_fault
from reports.routing.facts import SWITCHES, FactSpace
from reports.routing.faults import FileFault
from reports.routing.load import CountryFile
from reports.routing.rules import COMMON_SECTIONS, SECTIONS


def check_all(
    files: list[CountryFile], faults: list[FileFault], *, today: date | None, complete: bool
) -> None:
    """Note every fault between files. `complete` is false when a file could not be read at all."""
    _check_files(files, faults)
    known = _check_ids(files, faults)
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
        faults.append(
            FileFault("*.toml", "common", f"exactly one file must be the common one: {names}")
        )
    for name in ("code", "order"):
        seen: dict[object, str] = {}
        for file in files:
            value = getattr(file, name)
            if value in seen:
                faults.append(FileFault(file.file, name, f"{value!r} is used by {seen[value]} too"))
            seen.setdefault(value, file.file)
    for file in files:
        for section in COMMON_SECTIONS if file.common else SECTIONS:
            if not file.sections.get(section):
                faults.append(FileFault(file.file, section, "this section has no blocks"))


def _check_ids(files: list[CountryFile], faults: list[FileFault]) -> dict[str, bool]:
    """Note reused ids; the answer says of each contact id whether the public may see it."""
    known: dict[str, bool] = {}
    owners: dict[tuple[str, str], str] = {}
    for file in files:
        named = [("contacts", contact.id) for contact in file.contacts]
        named += [("derived", fact.name) for fact in file.derived]
        for section, blocks in file.sections.items():
            for block in blocks:
                named.append((f"{file.code}.{section}", block.id))
                named += [("rules", rule.id) for rule in block.rules]
        for kind, name in named:
            if (kind, name) in owners:
                owner = owners[kind, name]
                faults.append(
                    FileFault(file.file, name, f"this id is reused; it stands in {owner} too")
                )
            owners.setdefault((kind, name), file.file)
        known |= {contact.id: contact.public for contact in file.contacts}
    return known


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
