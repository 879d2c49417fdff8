"""Proposals: the worked examples, and every combination of facts against the oracle."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.routing import engine
from reports.routing.country import Countries, load_all
from reports.routing.engine import propose
from reports.routing.facts import AGES, FORMS, KINDS, MODES, POLICE, Facts
from tests.reports.routing.oracle import (
    countries_of,
    expected_help,
    expected_refer,
    is_minor,
    is_withheld,
    office_hours,
)

NOON = datetime.fromisoformat("2027-03-10T11:00+01:00")
NIGHT = datetime.fromisoformat("2027-03-13T23:00+01:00")
PLACES = ("BE", "NL", "LU", "other", "unknown")
REGIONS = ("flanders", "brussels", "wallonia", "unknown")
NOTHING = ""
# Who may not hear of a withheld report. Only for a child in Luxembourg must the police be told.
AUTHORITIES = ("police", "labour_inspectorate", "prosecution", "asylum_reception", "residence")

EXAMPLES = [
    (
        "present=BE exploited=BE region=flanders form=sexual age=adult",
        "be-stop-trafficking-line, be-payoke",
        "be-djsoc",
    ),
    (
        "present=BE exploited=BE region=brussels form=labour age=adult danger kind=self"
        " police=accepted",
        "be-police-101, eu-112, be-stop-trafficking-line, be-pag-asa, be-tsw, be-nsso",
        "be-police-101, eu-112, be-pag-asa, be-nsso, be-tsw, be-djsoc",
    ),
    (
        "present=BE exploited=BE region=brussels form=labour age=adult kind=self",
        "be-stop-trafficking-line, be-pag-asa, be-tsw, be-nsso",
        "be-pag-asa",
    ),
    (
        "present=BE exploited=BE region=wallonia form=begging age=minor unaccompanied night"
        " kind=professional",
        "be-guardianship, be-esperanto, be-stop-trafficking-line, be-surya",
        "be-djsoc, be-guardianship, be-esperanto-night, be-esperanto",
    ),
    (
        "present=BE exploited=LU region=brussels age=adult",
        "be-stop-trafficking-line, be-pag-asa, lu-infotraite",
        "be-djsoc, lu-police-organised-crime",
    ),
    (
        "present=NL exploited=NL form=sexual age=adult anonymous",
        "nl-meld-misdaad-anoniem, nl-comensha",
        "nl-emm",
    ),
    (
        "present=NL exploited=NL form=labour age=adult kind=self police=refused",
        "nl-comensha, nl-care-coordinators",
        "nl-comensha",
    ),
    (
        "present=NL exploited=NL age=minor kind=self police=refused",
        "nl-veilig-thuis, nl-comensha",
        "nl-jeugdzorg",
    ),
    (
        "present=LU exploited=LU age=minor police=refused",
        "lu-police-victim-protection, lu-infotraite",
        "lu-police-victim-protection, lu-police-organised-crime, lu-infotraite",
    ),
    (
        "present=LU exploited=LU form=labour age=adult kind=self police=accepted",
        "lu-infotraite, lu-itm, lu-police-victim-protection",
        "lu-infotraite, lu-police-organised-crime, lu-itm",
    ),
    (
        "present=other exploited=BE region=flanders age=adult danger",
        "eu-112, be-stop-trafficking-line, be-payoke",
        "eu-112, be-djsoc",
    ),
    ("danger", "eu-112", "eu-112"),
    ("age=adult", NOTHING, NOTHING),
]


def facts_of(text: str) -> Facts:
    """Facts from a line such as `present=BE age=minor danger night`."""
    names = {"present": "present_country", "exploited": "exploitation_country"}
    read: dict[str, object] = {"at": NOON}
    for word in text.split():
        name, equals, value = word.partition("=")
        if name == "night":
            read["at"] = NIGHT
        else:
            read[names.get(name, name)] = value if equals else True
    return Facts(**read)  # type: ignore[arg-type]  # the words above are checked by the test


@pytest.mark.parametrize(("text", "helping", "referring"), EXAMPLES)
def test_the_worked_examples(countries: Countries, text: str, helping: str, referring: str) -> None:
    facts = facts_of(text)
    assert ", ".join(propose(countries, facts, "help").ids) == helping
    assert ", ".join(propose(countries, facts, "refer").ids) == referring


def every_situation(
    present: str, kinds: tuple[str, ...], hidden: tuple[bool, ...]
) -> Iterator[Facts]:
    """Every combination; of the forms only labour and one other, since no rule names more."""
    switch = (False, True)
    for exploited, region, form, age, police, kind, alone, danger, asylum, unseen, at in product(
        PLACES,
        REGIONS,
        ("labour", "sexual"),
        AGES,
        POLICE,
        kinds,
        switch,
        switch,
        switch,
        hidden,
        (NOON, NIGHT),
    ):
        yield Facts(
            at, present, exploited, region, form, age, police, kind, alone, danger, asylum, unseen
        )


@pytest.mark.parametrize("present", PLACES)
def test_every_help_proposal_is_the_oracles(countries: Countries, present: str) -> None:
    for facts in every_situation(present, ("witness",), (False, True)):
        proposed = propose(countries, facts, "help").ids
        assert list(proposed) == expected_help(facts), facts
        assert all(countries.find_contact(name).public for name in proposed), facts


@pytest.mark.parametrize("present", PLACES)
def test_every_refer_proposal_is_the_oracles(countries: Countries, present: str) -> None:
    for facts in every_situation(present, KINDS, (False,)):
        route = propose(countries, facts, "refer")
        assert list(route.ids) == expected_refer(facts), facts
        assert ("withheld" in route.flags) == is_withheld(facts), facts
        if is_withheld(facts):
            told = any(countries.find_contact(name).category in AUTHORITIES for name in route.ids)
            assert told == (is_minor(facts) and countries_of(facts)[0] == "LU"), facts


moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis wants bounds without a zone

situations = st.builds(
    Facts,
    at=moments,
    present_country=st.sampled_from(PLACES),
    exploitation_country=st.sampled_from(PLACES),
    region=st.sampled_from(REGIONS),
    form=st.sampled_from(FORMS),
    age=st.sampled_from(AGES),
    police=st.sampled_from(POLICE),
    kind=st.sampled_from(KINDS),
    unaccompanied=st.booleans(),
    danger=st.booleans(),
    asylum_reception=st.booleans(),
    anonymous=st.booleans(),
)
LOADED = load_all()


@settings(max_examples=1500, deadline=None)
@given(situations)
def test_any_situation_at_any_moment_is_the_oracles(facts: Facts) -> None:
    for mode, expected in (("help", expected_help), ("refer", expected_refer)):
        proposed = propose(LOADED, facts, mode).ids  # type: ignore[arg-type]  # both are modes
        assert list(proposed) == expected(facts)
        assert len(set(proposed)) == len(proposed)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2027-03-10T08:59:59+01:00", False),
        ("2027-03-10T09:00:00+01:00", True),
        ("2027-03-10T16:59:59.999999+01:00", True),
        ("2027-03-10T17:00:00+01:00", False),
        ("2027-07-07T06:59:59+00:00", False),  # summer time: 08:59:59 in Brussels
        ("2027-07-07T07:00:00+00:00", True),
        ("2027-01-04T08:00:00+00:00", True),  # a Monday in winter
        ("2027-01-08T16:00:00+00:00", False),  # Friday 17:00
        ("2027-01-09T10:00:00+00:00", False),  # Saturday
        ("2027-01-10T10:00:00+00:00", False),  # Sunday
        ("2027-01-11T01:00:00+14:00", False),  # still Sunday in Brussels
    ],
)
def test_office_hours_end_at_five_in_brussels(countries: Countries, at: str, is_open: bool) -> None:
    moment = datetime.fromisoformat(at)
    for code in countries.codes:
        assert countries[code].office_hours.is_open_at(moment) is is_open
    assert office_hours(moment) is is_open
    closed = propose(countries, Facts(moment, "LU", police="refused"), "help")
    assert ("lu-stoptraite" in closed.ids) is not is_open


def test_the_netherlands_ask_whether_comensha_answers(countries: Countries) -> None:
    assert countries["NL"].office_hours == countries.find_contact("nl-comensha").hours


def test_nothing_depends_on_the_second_the_question_is_asked(countries: Countries) -> None:
    facts = Facts(NOON, "BE", "BE")
    later = Facts(NOON + timedelta(seconds=1), "BE", "BE")
    assert propose(countries, facts, "refer") == propose(countries, later, "refer")


def test_each_recipient_names_its_rule_reason_and_source(countries: Countries) -> None:
    (line, centre) = propose(countries, facts_of("present=BE region=flanders"), "help").recipients
    assert (line.id, line.rule) == ("be-stop-trafficking-line", "be-help-line")
    assert centre.why == "This is the recognised centre for victims in Flanders."
    assert centre.source == "F:737-745; F:1510-1543; B:1216-1231"


@pytest.mark.parametrize(
    ("text", "mode", "flags"),
    [
        ("", "help", ("ask_country", "age_unknown")),
        ("danger age=adult", "refer", ("emergency_calls", "ask_country")),
        ("present=BE age=adult", "refer", ()),
        ("present=BE age=adult kind=self", "refer", ("withheld",)),
        ("present=BE age=adult kind=self", "help", ()),
        ("present=BE age=doubtful", "refer", ("age_doubtful",)),
        ("present=LU age=minor police=refused", "help", ("minor_police_duty",)),
        ("present=LU age=minor police=refused", "refer", ("minor_police_duty", "withheld")),
        ("present=LU age=adult police=refused night", "help", ("only_police_at_night",)),
        ("present=LU age=adult police=refused", "help", ()),
    ],
)
def test_flags_say_what_the_list_cannot(
    countries: Countries, text: str, mode: engine.Mode, flags: tuple[str, ...]
) -> None:
    assert propose(countries, facts_of(text), mode).flags == flags


def test_every_rule_that_places_a_contact_point_is_seen_at_work(countries: Countries) -> None:
    written = {
        rule.id
        for country in countries.by_code.values()
        for blocks in country.sections.values()
        for block in blocks
        for rule in block.rules
        if rule.placed
    }
    seen: set[str] = set()
    for present in PLACES:
        situations_here = list(every_situation(present, KINDS, (False, True)))
        for facts in Random(7).sample(situations_here, 4000):
            for mode in MODES:
                seen |= {entry.rule for entry in propose(countries, facts, mode).recipients}
    assert not written - seen


@pytest.mark.parametrize(
    "name",
    [
        "engine",
        "rules",
        "facts",
        "check",
        "check_rules",
        "load",
        "load_rules",
        "load_contacts",
        "country",
    ],
)
def test_no_code_of_the_engine_knows_a_country_or_a_contact_point(
    countries: Countries, name: str
) -> None:
    source = (Path(engine.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    quoted = re.findall(r'"([^"\n]*)"', source)
    known = {code for country in countries for code in (country, country.lower())}
    known |= set(countries.contacts)
    known |= {region for country in countries.by_code.values() for region in country.regions}
    assert not known & set(quoted)
