"""Reading facts strictly: what is missing takes its default, what is wrong is named."""

from datetime import UTC, datetime

import pytest

from reports.routing.country import Countries
from reports.routing.facts import FactError, Facts

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def read(countries: Countries, **values: object) -> Facts:
    return Facts.parse(values, space=countries.space, now=NOW)


def test_missing_facts_are_unknown_false_or_a_witness(countries: Countries) -> None:
    assert read(countries) == Facts(
        at=NOW,
        present_country="unknown",
        exploitation_country="unknown",
        region="unknown",
        form="unknown",
        age="unknown",
        police="unknown",
        kind="witness",
        unaccompanied=False,
        danger=False,
        asylum_reception=False,
        anonymous=False,
    )


def test_every_fact_is_read(countries: Countries) -> None:
    values: dict[str, object] = {
        "present_country": "BE",
        "exploitation_country": "other",
        "region": "wallonia",
        "form": "surrogacy",
        "age": "doubtful",
        "police": "refused",
        "kind": "professional",
        "unaccompanied": True,
        "danger": True,
        "asylum_reception": True,
        "anonymous": True,
        "at": "2027-03-10T11:00+01:00",
    }
    facts = read(countries, **values)
    assert {name: getattr(facts, name) for name in values if name != "at"} == {
        name: value for name, value in values.items() if name != "at"
    }
    assert facts.at == NOW


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("present_country", "EU", ("BE", "NL", "LU", "other", "unknown")),
        ("present_country", "be", ("BE", "NL", "LU", "other", "unknown")),
        ("exploitation_country", None, ("BE", "NL", "LU", "other", "unknown")),
        ("region", "Flanders", ("flanders", "brussels", "wallonia", "unknown")),
        ("age", 17, ("adult", "minor", "doubtful", "unknown")),
        ("age", ["minor"], ("adult", "minor", "doubtful", "unknown")),
        ("police", "", ("accepted", "refused", "unknown")),
        ("kind", "victim", ("witness", "self", "professional")),
        ("danger", 1, ("true", "false")),
        ("danger", "true", ("true", "false")),
        ("anonymous", None, ("true", "false")),
        ("unaccompanied", [], ("true", "false")),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    countries: Countries, field: str, value: object, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(FactError) as caught:
        read(countries, **{field: value})
    assert (caught.value.field, caught.value.value) == (field, value)
    assert caught.value.allowed == allowed
    assert field in str(caught.value)
    assert all(word in str(caught.value) for word in allowed)


def test_an_unknown_field_is_named_with_the_fields_there_are(countries: Countries) -> None:
    with pytest.raises(FactError) as caught:
        read(countries, colour="red")
    assert caught.value.field == "colour"
    assert set(caught.value.allowed) == {*Facts.__dataclass_fields__}
    assert '"red"' in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "2027-03-10T11:00",  # no offset
        "2027-03-10",
        "2027-03-10 11:00+01:00",
        "2027-02-30T11:00+01:00",
        "2027-03-10T25:00+01:00",
        "2027-W10-3T11:00+01:00",
        "0001-01-01T00:00+14:00",  # no clock in Brussels can show it
        "9999-12-31T23:59-12:00",
        "now",
        "",
        1773136800,
        None,
    ],
)
def test_a_moment_needs_its_offset(countries: Countries, value: object) -> None:
    with pytest.raises(FactError) as caught:
        read(countries, at=value)
    assert caught.value.field == "at"


@pytest.mark.parametrize("value", ["2027-03-10T10:00Z", "2027-03-10T10:00:00.000+00:00"])
def test_a_moment_may_be_written_in_the_usual_ways(countries: Countries, value: str) -> None:
    assert read(countries, at=value).at == NOW


def test_an_error_never_repeats_a_long_value(countries: Countries) -> None:
    with pytest.raises(FactError) as caught:
        read(countries, age="x" * 100_000)
    assert len(str(caught.value)) < 300
