"""The same thing written in two ways is one trace; ordinary words are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.intake.questions import STORY_LIMIT
from reports.territory import get_territory
from reports.triage.found_identifiers import read_formats
from reports.triage.identifiers import (
    KINDS,
    LONGEST,
    LONGEST_NORMAL,
    Formats,
    compact,
    extract_identifiers,
    extract_numbers,
)
from tests.support.attacks import ATTACKS, attack

EVERYWHERE = Formats(get_territory().phone_regions, get_territory().plates)


def traces(**answers: str) -> set[tuple[str, str]]:
    told = {"country": "BE"} | answers
    found = extract_identifiers(told, (), read_formats(told))
    return {(trace.kind, trace.normal) for trace in found}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"phones": "0470 12 34 56"}, {"story": "Bel +32 470/12.34.56!"}),
        ({"phones": "٠٤٧٠ ١٢ ٣٤ ٥٦"}, {"phones": "0032470123456"}),
        ({"phones": "0032 (0)470 12 34 56"}, {"phones": "+32470123456"}),
        ({"country": "unknown", "phones": "00 31 6 12345678"}, {"phones": "+31 6 1234 5678"}),
        ({"plates": "1 abc 234"}, {"story": "a van, 1-ABC-234, white"}),
        ({"country": "NL", "plates": "xx99xx"}, {"country": "NL", "vehicles": "bus XX-99-XX"}),
        ({"adverts": "https://www.ads.example/Girl/12/"}, {"story": "see ads.example/girl/12."}),
        ({"adverts": "Boss@Mail.example"}, {"story": "boss@mail.example wrote"}),
        ({"place": "Rue Neuve 12, 1000 Brussels"}, {"place": "12 rue neuve"}),
        ({"place": "Kerkstraat 5b"}, {"story": "They live in the kerkstraat 5b."}),
        ({"names": "Mirko Petrović"}, {"names": "petrovic mirko, Ana"}),
        ({"names": "Łukasz Đorđević"}, {"names": "dordevic lukasz"}),
        ({"names": "Oʼbrien Þóra"}, {"names": "Thora O'Brien"}),
        ({"names": "فاطمة موسى"}, {"names": "موسي فاطمه"}),
        ({"place": "Østergade 12"}, {"place": "ostergade 12"}),
    ],
)
def test_two_ways_of_writing_are_one_trace(one: dict[str, str], other: dict[str, str]) -> None:
    assert traces(**one) & traces(**other)


@pytest.mark.parametrize(
    "story",
    [
        "They sleep in the kitchen.",
        "He pays 400 euro for 12 hours, room 2b, since 2019.",
        "On 12-03-2027 at 10:30 we saw 3 men in Brussels 1000.",
        "covid-19 and B2B and 24/7 work",
        "",
    ],
)
def test_ordinary_words_are_no_traces(story: str) -> None:
    assert traces(story=story, place="1000 Brussels", names="he, an") == set()


def test_a_number_belongs_to_the_country_of_the_report() -> None:
    assert traces(country="NL", phones="06 12345678") == {("phone", "+31612345678")}
    assert traces(country="LU", phones="621 123 456") == {("phone", "+352621123456")}
    assert traces(country="unknown", phones="0470123456") == set()


@pytest.mark.parametrize(
    ("query", "rest", "text"),
    [
        ("0470 12 34 56", "", "call +32 470/12.34.56 at night"),
        ("+32470123456", "", "0470-123 456"),
        ("kitchen 0032 470 12.34.56", "kitchen", "٠٤٧٠ ١٢ ٣٤ ٥٦"),
        ("06-12345678", "", "+31 6 1234 5678"),
        ("1abc234 white", "white", "the van (1-ABC-234)"),
    ],
)
def test_a_query_finds_a_number_however_it_is_written(query: str, rest: str, text: str) -> None:
    left, [number] = extract_numbers(query, EVERYWHERE)
    assert left.split() == rest.split()
    assert any(each in compact(text) for each in number)


@pytest.mark.parametrize("query", ["kitchen", "12 hours", "2019", "room 2b", "covid-19", ""])
def test_a_query_of_words_has_no_number(query: str) -> None:
    assert extract_numbers(query, EVERYWHERE) == (query, ())


def test_what_looks_like_an_address_and_is_none_stops_nothing() -> None:
    assert traces(story="See http://[abc/x or http://[::1/x, ask 0470 12 34 56.") == {
        ("phone", "+32470123456")
    }


def test_what_is_kept_of_an_identifier_is_short_and_in_one_line() -> None:
    far = "https://ads.example/" + "a" * 400 + "?q=" + "b" * 60
    mail = f"{'c' * 64}@{'d' * 63}.{'e' * 63}.example"
    told = {"adverts": f"{far}\n{mail}", "story": "rue\nNeuve 12"}
    found = extract_identifiers(told, (), EVERYWHERE)
    assert {each.kind for each in found} == {"advert", "address"}
    assert all(len(each.shown) <= LONGEST and "\n" not in each.shown for each in found)
    assert all(len(each.normal) <= LONGEST_NORMAL for each in found)


@given(st.text(max_size=400))
def test_any_text_has_traces_or_none(text: str) -> None:
    told = dict.fromkeys(("story", "plates", "names", "place", "adverts"), text)
    for trace in extract_identifiers(told, [text], EVERYWHERE):
        assert trace.kind in KINDS
        assert trace.normal
        assert text not in repr(trace) or len(text) < 8


FIELDS = ("story", "place", "online", "vehicles", "controller", "plates", "phones", "names")
MUCH = 2.0
"""Seconds of processor time below which nothing is compared: the whole of a story in any case."""


def spend(text: str) -> float:
    """The processor time that a report costs which says this everywhere."""
    told = dict.fromkeys(FIELDS, text[:1_000]) | {"story": text}
    formats = read_formats({"country": "BE"})
    began = time.process_time()
    extract_identifiers(told, (), formats)
    return time.process_time() - began


@pytest.mark.parametrize("pattern", ATTACKS)
def test_no_text_of_a_stranger_costs_more_than_its_length(pattern: str) -> None:
    short, long = (spend(attack(pattern, length)) for length in (STORY_LIMIT // 8, STORY_LIMIT))
    assert long < MUCH or long < 3 * 8 * short
