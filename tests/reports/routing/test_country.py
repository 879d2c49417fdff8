"""The country files: sound as they are, and every fault found when one is put in."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reports.routing.country import (
    Countries,
    NoSuchContact,
    list_codes,
    list_outdated,
    list_stale,
    load_all,
)
from reports.routing.events import EventState, LegalEvent
from reports.routing.faults import CountryFaults

TODAY = date(2026, 12, 1)


def test_the_files_of_the_product_have_no_fault() -> None:
    countries = load_all(today=TODAY)
    assert list(countries) == ["BE", "NL", "LU", "EU"]
    assert countries.codes == ("BE", "NL", "LU")
    assert countries.common.code == "EU"


def test_the_codes_stand_before_the_first_table_and_nothing_else_is_read(tmp_path: Path) -> None:
    (tmp_path / "be.toml").write_text("order = 3\n[facts]\nthis is broken")
    (tmp_path / "aa.toml").write_text("order = 1\npairs = [\n[1, 2],\n[3, 4],\n]\n[facts]\n")
    (tmp_path / "eu.toml").write_text("common = true\n[facts]\n")
    (tmp_path / "nl.toml").write_bytes(b"\xff")
    assert list_codes(tmp_path) == ("NL", "AA", "BE")


def test_an_unknown_contact_point_is_refused_by_name(countries: Countries) -> None:
    with pytest.raises(NoSuchContact, match="be-nobody"):
        countries.find_contact("be-nobody")


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Put a fault into one file, at the first place where `old` stands."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(folder: Path, file: str, text: str) -> None:
    """Append to one file."""
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(text)


RULE = """
[[help]]
id = "new"
take = "{take}"
[[help.rules]]
id = "new-rule"
{when}
{effect}
why = "Because."
source = "decision"
"""


def rule(when: str = "", effect: str = 'add = ["be-payoke"]', take: str = "all") -> str:
    return RULE.format(when=f"when = {{ {when} }}" if when else "", effect=effect, take=take)


FAULTS: list[tuple[str, str, str, str, str, str]] = [
    # file, what stands there, what stands there instead, key, words of the fault
    (
        "unknown key",
        "be.toml",
        'name = "Belgium"',
        'name = "Belgium"\nflag = "x"',
        "flag",
        "not known",
    ),
    ("missing key", "nl.toml", 'name = "Netherlands"', "", "name", "missing"),
    ("wrong type", "lu.toml", "order = 3", 'order = "3"', "order", "whole number"),
    ("no boolean", "be.toml", "public = true", 'public = "yes"', "].public", "true or false"),
    ("code", "be.toml", 'code = "BE"', 'code = "DE"', "code", "file's name"),
    ("same order", "nl.toml", "order = 2", "order = 1", "order", "used by be.toml"),
    ("empty text", "be.toml", 'name = "Belgium"', 'name = " "', "name", "empty"),
    (
        "no date",
        "be.toml",
        "reviewed_on = 2026-04-30",
        'reviewed_on = "May"',
        "reviewed_on",
        "date",
    ),
    ("source", "be.toml", 'source = "F:1453-1458"', "", "be-danger].source", "missing"),
    ("free source", "be.toml", 'source = "F:1453-1458"', 'source = "hm"', "be-danger]", "source"),
    ("review date", "be.toml", "reviewed_on = 2021-03-31", "", "reviewed_on", "missing"),
    ("future", "be.toml", "reviewed_on = 2026-04-30", "reviewed_on = 2031-01-01", "", "future"),
    ("low", "be.toml", 'confidence = "high"', 'confidence = "low"', "confidence", "not one of"),
    ("unit", "be.toml", 'unit = "days"', 'unit = "moons"', "unit", "not one of"),
    ("category", "be.toml", 'category = "police"', 'category = "x"', "category", "not one of"),
    ("no E.164", "be.toml", '"+3232011690"', '"03 201 16 90"', "phones[0].e164", "not E.164"),
    ("short E.164", "lu.toml", '"+35227365646"', '"+352247"', "e164", "not E.164"),
    ("code as E.164", "be.toml", 'short_code = "101"', 'e164 = "101"', "e164", "short code has"),
    (
        "both",
        "be.toml",
        'short_code = "101"',
        'e164 = "+3232011690", short_code = "101"',
        "",
        "either",
    ),
    ("neither", "be.toml", 'short_code = "101", ', "", "phones[0]", "either"),
    ("mobile code", "be.toml", 'printed = "101"', 'printed = "101", mobile = true', "mobile", "no"),
    ("half free", "be.toml", 'printed = "101"', 'printed = "101", free = "yes"', "free", "true or"),
    ("e-mail", "be.toml", "info@pag-asa.be", "info at pag-asa", "emails", "no e-mail"),
    ("site", "be.toml", '["https://pag-asa.be"]', '["pag-asa.be"]', "websites", "no web address"),
    ("hours", "be.toml", 'start = "09:00"', 'start = "9"', "start", "no time"),
    ("backwards", "be.toml", 'end = "17:00"', 'end = "08:00"', "end", "ends after"),
    ("no spans", "be.toml", '{ kind = "always" }', '{ kind = "weekly" }', "spans", "need spans"),
    ("police told", "be.toml", 'answer = "yes"', 'answer = "maybe"', "answer", "not one of"),
    ("region", "be.toml", '"flanders", "national"', '"utopia"', "regions", "not one of"),
    (
        "same hours",
        "nl.toml",
        'same_as = "nl-comensha"',
        'same_as = "nl-ind"',
        "same_as",
        "known hours",
    ),
    ("id twice", "be.toml", 'id = "be-pag-asa"', 'id = "be-payoke"', "be-payoke", "reused"),
    ("id of two files", "nl.toml", 'id = "nl-112"', 'id = "eu-112"', "eu-112", "reused"),
    ("rule twice", "be.toml", 'id = "be-help-line"', 'id = "be-help-asylum"', "asylum", "reused"),
    ("block twice", "be.toml", 'id = "line"', 'id = "minors"', "minors", "reused"),
    ("dangling", "be.toml", 'add = ["be-payoke"]', 'add = ["be-nobody"]', "flanders", "be-nobody"),
    (
        "not public",
        "be.toml",
        'add = ["be-payoke"]',
        'add = ["be-djsoc"]',
        "flanders",
        "not public",
    ),
    ("fact", "be.toml", "{ danger = true }", "{ weather = true }", "when.weather", "no fact"),
    ("value", "be.toml", 'form = "labour"', 'form = "work"', "when.form", "never match"),
    (
        "word for yes",
        "be.toml",
        "{ danger = true }",
        '{ danger = "true" }',
        "when.danger",
        "never match",
    ),
    ("no value", "be.toml", "{ danger = true }", "{ danger = [] }", "danger", "at least one"),
    (
        "refer only",
        "be.toml",
        "{ danger = true }",
        '{ kind = "self" }',
        "when.kind",
        "only rules of",
    ),
    (
        "derived refer",
        "be.toml",
        "{ danger = true }",
        "{ withheld = true }",
        "withheld",
        "only rules",
    ),
    ("no strength", "be.toml", 'strength = "right"', "", "law_article.strength", "missing"),
    (
        "other strength",
        "be.toml",
        'strength = "right"',
        'strength = "maybe"',
        "strength",
        "not one",
    ),
    ("event", "be.toml", '"be-penal-code-2026"', '"be-nothing"', "changed_by", "no event"),
    ("no name", "be.toml", 'names = "law"', "", "law_article.names", "says what it names"),
    (
        "nobody reached",
        "nl.toml",
        'names = "body"\ncontacts = ["nl-ind"]',
        'names = "body"',
        "facts.reflection_decided_by.contacts",
        "an organisation has a contact point",
    ),
    (
        "unknown contact",
        "nl.toml",
        '["nl-ind"]',
        '["nl-x"]',
        "reflection_decided_by",
        "in any file",
    ),
    ("nobody to ask", "be.toml", 'ask = "be-stop-trafficking-line"', "", "ask", "missing"),
    ("asks no public", "be.toml", 'ask = "be-stop', 'ask = "be-djsoc" # "be-stop', "ask", "public"),
    ("event twice", "events.toml", 'id = "be-fund-2024"', 'id = "eu-asylum-2026"', "id", "twice"),
    ("event state", "events.toml", 'state = "pending"', 'state = "soon"', "state", "not one of"),
    ("event day", "events.toml", "on = 2026-07-01", 'on = "July"', "on", "date"),
    ("take", "be.toml", 'take = "all"', 'take = "some"', "take", "not one of"),
    ("flag", "be.toml", 'flag = ["emergency_calls"]', 'flag = ["hurry"]', "flag", "not one of"),
    ("no derived", "eu.toml", 'id = "minor"', 'id = "danger"', "derived[danger]", "fact already"),
    ("two common", "be.toml", "order = 1", "order = 1\ncommon = true", "common", "exactly one"),
    ("no common", "eu.toml", "common = true", "", "common", "exactly one"),
    ("no section", "lu.toml", "[[emergency]]", "[[emergencies]]", "emergencies", "not known"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "words"),
    [case[1:] for case in FAULTS],
    ids=[c[0] for c in FAULTS],
)
def test_each_fault_is_found_with_file_and_key(
    folder: Path, file: str, old: str, new: str, key: str, words: str
) -> None:
    if old == "[[emergency]]":
        change(folder, file, "[[emergency.rules]]", "[[emergencies.rules]]")
    change(folder, file, old, new)
    with pytest.raises(CountryFaults) as caught:
        load_all(folder, today=TODAY)
    found = [fault for fault in caught.value.faults if key in fault.key and words in fault.sentence]
    assert found, str(caught.value)
    assert found[0].file in (file, "*.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (rule(when="minor = true, age = 'adult'"), "contradict each other"),
        (rule(when="present_country = 'NL'"), "contradict each other or this section"),
        (rule(when="present_country = 'other', exploitation_country = 'LU'"), "contradict"),
        (
            rule(take="first")
            + '[[help.rules]]\nid = "later"\nwhen = { danger = true }\nadd = ["be-payoke"]\n'
            + 'why = "Because."\nsource = "decision"\n',
            "the rules before it take every situation",
        ),
        (
            rule(take="first", when="age = ['adult', 'unknown']")
            + '[[help.rules]]\nid = "later"\nwhen = { minor = true }\nadd = ["be-payoke"]\n'
            + 'why = "Because."\nsource = "decision"\n'
            + '[[help.rules]]\nid = "last"\nadd = ["be-payoke"]\n'
            + 'why = "Because."\nsource = "decision"\n',
            "the rules before it take every situation",
        ),
        (rule(take="first", when="danger = true"), "no rule fits always"),
        (rule(effect=""), "does nothing"),
        (rule(effect='drop = ["nl-police"]'), "nothing before it can place 'nl-police'"),
        (
            rule(effect='after = { anchor = "be-tsw-x", ids = ["be-payoke"] }'),
            "no contact point 'be-tsw-x'",
        ),
    ],
)
def test_a_rule_that_cannot_do_its_work_is_a_fault(folder: Path, text: str, words: str) -> None:
    add(folder, "be.toml", text)
    with pytest.raises(CountryFaults, match=words):
        load_all(folder)


def test_a_sound_new_rule_is_no_fault(folder: Path) -> None:
    add(folder, "be.toml", rule(when="present_country = 'other', exploitation_country = 'BE'"))
    assert load_all(folder).by_code["BE"].sections["help"][-1].id == "new"


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    change(folder, "be.toml", 'confidence = "high"', 'confidence = "low"')
    change(folder, "be.toml", '"+3232011690"', '"101"')
    change(folder, "nl.toml", 'add = ["eu-112"]', 'add = ["eu-113"]')
    (folder / "lu.toml").write_text("code = ", encoding="utf-8")
    (folder / "eu.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CountryFaults) as caught:
        load_all(folder)
    assert {"be.toml", "lu.toml", "eu.toml"} <= {fault.file for fault in caught.value.faults}
    assert len([fault for fault in caught.value.faults if fault.file == "be.toml"]) >= 2
    assert all(fault.file in str(caught.value) for fault in caught.value.faults)


def test_a_new_country_needs_no_code(folder: Path) -> None:
    """France, made from the Luxembourg file, takes its place in the facts and in the answer."""
    text = (folder / "lu.toml").read_text(encoding="utf-8")
    text = text.replace('code = "LU"', 'code = "FR"').replace("lu-", "fr-")
    regions = 'region_question = "Which part?"\nregions = [{ id = "nord", words = "North" }]'
    text = text.replace("order = 3", f"order = 4\n{regions}")
    (folder / "fr.toml").write_text(text, encoding="utf-8")
    countries = load_all(folder)
    assert countries.codes == ("BE", "NL", "LU", "FR")
    assert countries.space.choices["present_country"][3] == "FR"
    assert "nord" in countries.space.choices["region"]


def test_a_fact_older_than_a_change_of_the_law_is_open(folder: Path) -> None:
    text = (folder / "be.toml").read_text(encoding="utf-8")
    block = text[text.index("[facts.fund_deadline]") :].split("\n\n")[0]
    assert load_all(folder)["BE"].facts["fund_deadline"].shown_as == "right"
    change(folder, "be.toml", block, re.sub("reviewed_on = .*", "reviewed_on = 2024-02-04", block))
    countries = load_all(folder)
    fact = countries["BE"].facts["fund_deadline"]
    assert (fact.strength, fact.shown_as, fact.outdated_by) == ("right", "open", ("be-fund-2024",))
    assert "facts.fund_deadline" in {old.key for old in list_outdated(countries)}


@pytest.mark.parametrize(
    ("state", "on", "touched"),
    [
        ("in_force", date(2026, 7, 1), False),
        ("in_force", date(2026, 7, 2), True),
        ("announced", date(2024, 1, 1), True),
        ("pending", date(2024, 1, 1), True),
    ],
)
def test_only_a_law_that_surely_came_before_the_review_leaves_a_fact_as_it_is(
    state: EventState, on: date, touched: bool
) -> None:
    event = LegalEvent("x", "A law.", on, state, "https://law.example/x")
    assert event.is_later_than(date(2026, 7, 1)) is touched


def test_every_event_of_the_product_touches_a_fact() -> None:
    countries = load_all()
    named = {
        event
        for country in countries.by_code.values()
        for fact in country.facts.values()
        for event in fact.changed_by
    }
    assert named == set(countries.events)


@pytest.mark.parametrize("change_files", [shutil.rmtree, lambda folder: None])
def test_an_empty_folder_is_a_fault(folder: Path, change_files: Callable[[Path], None]) -> None:
    change_files(folder)
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.toml"):
        path.unlink()
    with pytest.raises(CountryFaults, match="exactly one file must be the common one"):
        load_all(folder)


def test_what_was_reviewed_a_year_ago_is_stale(folder: Path) -> None:
    countries = load_all(folder)
    key = "facts.reflection_period"
    reviewed = countries["BE"].facts["reflection_period"].review.reviewed_on
    year = reviewed.replace(year=reviewed.year + 1)
    assert ("be.toml", key) not in {(old.file, old.key) for old in list_stale(countries, year)}
    late = list_stale(countries, date.fromordinal(year.toordinal() + 1))
    assert ("be.toml", key) in {(old.file, old.key) for old in late}
