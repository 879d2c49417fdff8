"""The file alone: the product takes it for a country, with its clock, holidays and numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reports.demo.stories import generate_reports
from reports.settings import Settings
from reports.territory import get_territory
from reports.triage.found_identifiers import read_formats
from reports.triage.identifiers import extract_identifiers
from tests.support.fourth_country import CODE, FOUR, add_country


def test_the_product_takes_the_file_for_a_country(files: Path) -> None:
    add_country(files)
    territory = get_territory()
    assert Settings.from_environ({}).countries == territory.codes == FOUR
    assert territory.find_clock(CODE)[1] == "Freedonian time"
    assert territory.find_home((CODE,)).place.zone.key == "Europe/Helsinki"
    assert [region.id for region in territory.list_regions(CODE)] == [
        "freedonia_north",
        "freedonia_south",
    ]


def test_its_holidays_are_those_of_its_calendar_but_for_what_the_file_says(files: Path) -> None:
    add_country(files)
    territory = get_territory()
    assert territory.is_holiday(CODE, date(2027, 6, 26))
    assert not territory.is_holiday("BE", date(2027, 6, 26))
    assert territory.is_holiday(CODE, date(2027, 3, 10))
    assert not territory.is_holiday(CODE, date(2027, 12, 6))


def test_its_numbers_and_plates_are_known_in_what_people_write(files: Path) -> None:
    add_country(files)
    told = {"story": "A van, 1Q2W3E4, and the number 09 310 1234."}
    formats = read_formats({"country": CODE})
    found = {each.kind: each.normal for each in extract_identifiers(told, (), formats)}
    assert found == {"plate": "1Q2W3E4", "phone": "+35893101234"}


def test_made_up_reports_come_from_it_too(files: Path) -> None:
    add_country(files)
    made = list(generate_reports(40, 1, (CODE,)))
    assert {each.answers["country"] for each in made if each.fate.needs_route} == {CODE}
