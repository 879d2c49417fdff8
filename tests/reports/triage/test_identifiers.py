"""The same thing written in two ways is one trace; ordinary words are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.triage.identifiers import KINDS, compact, extract_identifiers, extract_numbers


def traces(**answers: str) -> set[tuple[str, str]]:
    found = extract_identifiers({"country": "BE"} | answers)
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
    left, [number] = extract_numbers(query)
    assert left.split() == rest.split()
    assert any(each in compact(text) for each in number)


@pytest.mark.parametrize("query", ["kitchen", "12 hours", "2019", "room 2b", "covid-19", ""])
def test_a_query_of_words_has_no_number(query: str) -> None:
    assert extract_numbers(query) == (query, ())


@given(st.text(max_size=400))
def test_any_text_has_traces_or_none(text: str) -> None:
    for trace in extract_identifiers(
        dict.fromkeys(("story", "plates", "names", "place", "adverts"), text)
    ):
        assert trace.kind in KINDS
        assert trace.normal
        assert text not in repr(trace) or len(text) < 8
