"""The three countries as the product ships them: clocks, holidays, languages, live tables."""

from __future__ import annotations

from datetime import date

import pytest

from reports import territory
from reports.intake import form_flow, questions
from reports.intake.answers import read_answers
from reports.routing.country import load_all
from reports.territory import LiveCodes, LiveWords, Territory, get_territory


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("BE", date(2027, 7, 21)),
        ("NL", date(2027, 4, 27)),
        ("LU", date(2027, 6, 23)),
        ("BE", date(2027, 5, 6)),
        ("LU", date(2028, 4, 17)),
    ],
    ids=["national day", "the king's day", "national day of Luxembourg", "moving", "moving too"],
)
def test_a_public_holiday_is_known(code: str, day: date) -> None:
    assert get_territory().is_holiday(code, day)
    others = [other for other in ("BE", "NL", "LU") if other != code]
    if day.month in (4, 6, 7) and day.day > 20:
        assert not any(get_territory().is_holiday(other, day) for other in others)


def test_a_working_day_is_none_nor_is_any_day_of_an_unknown_country() -> None:
    assert not get_territory().is_holiday("BE", date(2027, 7, 22))
    assert not get_territory().is_holiday("EU", date(2027, 1, 1))
    assert not get_territory().is_holiday("XX", date(2027, 1, 1))


def test_what_is_served_says_whose_clock_the_staff_live_by() -> None:
    countries = load_all()
    assert Territory.build(countries, ("LU", "NL")).find_home().code == "NL"
    assert Territory.build(countries, ("LU",)).served == ("LU",)
    assert Territory.build(countries).served == Territory.build(countries).codes
    assert Territory.build(countries, ()).find_home().code == "BE"


@pytest.mark.parametrize(
    ("contact_id", "languages"),
    [
        ("be-payoke", ["nl"]),
        ("be-surya", ["fr", "nl"]),
        ("nl-comensha", ["nl"]),
        ("lu-infotraite", ["fr"]),
        ("eu-112", []),
    ],
)
def test_an_office_is_written_to_in_the_language_of_its_place(
    contact_id: str, languages: list[str]
) -> None:
    contact = load_all().find_contact(contact_id)
    assert get_territory().list_packet_languages(contact) == languages


def test_the_region_is_asked_where_a_country_that_was_named_has_any() -> None:
    assert form_flow.find_region_country({"country": "BE"}) == "BE"
    assert form_flow.find_region_country({"country": "NL", "present": "BE"}) == "BE"
    assert form_flow.find_region_country({"country": "NL", "present": "same"}) == ""
    assert form_flow.drop_foreign_region({"country": "NL", "region": "flanders"}) == {
        "country": "NL"
    }
    kept = {"country": "BE", "region": "flanders"}
    assert form_flow.drop_foreign_region(kept) == kept


def test_a_live_table_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = LiveCodes(lambda here: here.codes)
    words = LiveWords(lambda here: {code: each.name for code, each in here.countries.items()})
    assert tuple(codes) == ("BE", "NL", "LU")
    assert (len(codes), codes[0], codes[-2:]) == (3, "BE", ("NL", "LU"))
    assert words["NL"] == "Netherlands"
    whole = get_territory()
    one = Territory({"LU": whole.countries["LU"]}, ("LU",), whole.common)
    monkeypatch.setattr(territory, "_sources", [lambda: one])
    assert "BE" not in codes
    assert (tuple(codes), dict(words), len(words)) == (("LU",), {"LU": "Luxembourg"}, 1)
    [fault] = read_answers([questions.FIELDS["country"]], {"country": "BE"})[1]
    assert tuple(fault.allowed) == ("LU", "other", "unknown")
