"""Every chapter there is: easy to read, no figure in its words, every fact known and sourced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.routing.country import Countries, load_all
from tests.support.reading import ease, grade, plain, sentences
from webapp.info.chapter_list import OF_A_COUNTRY, OF_ALL
from webapp.info.chapters import list_paragraphs, list_sign_texts
from webapp.site.page_sizes import SHARED

FOLDER = Path(__file__).parents[3] / "webapp/templates"
COUNTRIES = {"b": "BE", "n": "NL", "l": "LU"}
EASY = 75
"""The reading ease that a chapter must reach; 60 to 70 is plain English, above it is easy."""
YEAR = 4
"""The school year that must be able to read it: children of ten, and adults at CEFR A2."""
LONGEST = 15
ASKED = re.compile(r'(?:fact|at\.fact)(?:\.(count|says|has|name|phone))?\("(\w+)"')
CHOSEN = re.compile(r'{% import at\.template\("(\w+)"\)')
INCLUDED = re.compile(r'{% include "(info/chapters/[^"]+)" %}')


def _written() -> Iterator[tuple[str, str]]:
    """The code in the address and the template of every chapter."""
    for chapter in OF_ALL:
        yield chapter.code, f"info/chapters/{chapter.name}/all.html"
    for chapter in OF_A_COUNTRY:
        for letter, code in COUNTRIES.items():
            yield letter + chapter.code, f"info/chapters/{chapter.name}/{code.lower()}.html"


CHAPTERS = dict(_written())


def _source(template: str) -> str:
    """The text of a template with what it includes, also what is chosen for each country."""
    text = (FOLDER / template).read_text("utf-8")
    for chosen in CHOSEN.findall(text):
        parts = sorted((FOLDER / "info/chapters" / chosen).glob("??.html"))
        text += "".join(part.read_text("utf-8") for part in parts)
    return INCLUDED.sub(lambda found: _source(found[1]), text)


@cache
def _everything() -> Countries:
    return load_all()


def _facts(code: str) -> dict[str, str]:
    """The facts that a chapter of this code may quote: key to confidence."""
    everything = _everything()
    own = everything[COUNTRIES[code[0]]].facts if code[0] in COUNTRIES else {}
    return {key: fact.confidence for key, fact in {**everything.common.facts, **own}.items()}


def test_every_chapter_is_easy_to_read(app: Flask) -> None:
    with app.app_context():
        words = {code: list_paragraphs(template) for code, template in CHAPTERS.items()}
        for chapter in OF_ALL:
            words[chapter.code] += list_sign_texts(chapter.door)
    for code, texts in words.items():
        said = [re.sub(r"%\(\w+\)s", "it", text) for text in texts]
        long = [part for text in said for part in sentences(text) if len(part.split()) > LONGEST]
        assert long == [], code
        assert ease(said) >= EASY, code
        assert grade(said) <= YEAR, code
        assert [text for text in said if re.search(r"\d", text)] == [], code


@pytest.mark.parametrize("code", CHAPTERS)
def test_every_fact_is_known_also_in_parts_that_are_not_shown(code: str) -> None:
    asked = {key for _how, key in ASKED.findall(_source(CHAPTERS[code]))}
    of_others = {key for each in COUNTRIES for key in _facts(each)} if code.isdigit() else set()
    assert asked <= set(_facts(code)) | of_others


@pytest.mark.parametrize("code", CHAPTERS)
def test_no_adverb_carries_a_doubt(code: str) -> None:
    """What is not certain is a risk that the page names, or a question with whom to ask."""
    words = " ".join(_source(CHAPTERS[code]).split())
    doubts = re.findall(r"\busually\b|\bwe found no\b|\bwe do not know if\b", words, re.I)
    assert doubts == []


def test_every_chapter_asks_in_its_headings_and_names_its_sources(client: FlaskClient) -> None:
    for code in CHAPTERS:
        html = client.get(f"/en/{code}").text
        body = html.split("<h1>")[1].split("<details>")[0]
        headings = [plain(found) for found in re.findall(r"<h2\b[^>]*>(.*?)</h2>", body, re.S)]
        assert len(headings) >= 4, code
        assert [words for words in headings if not words.endswith("?")] == [], code
        assert re.search(r"Checked on \d{1,2} \w+ 20\d\d:", html), code


def test_every_chapter_fits_into_one_bucket(client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    sizes = {code: len(client.get(f"/en/{code}", headers=packed).data) for code in CHAPTERS}
    assert set(sizes.values()) == {SHARED}, sizes


def test_every_way_on_leads_to_a_page(client: FlaskClient) -> None:
    ways = {
        path
        for code in CHAPTERS
        for path in re.findall(r'href="(/en/\w+)"', client.get(f"/en/{code}").text)
    }
    assert {f"/en/{code}" for code in CHAPTERS} <= ways
    assert [path for path in sorted(ways) if client.get(path).status_code != 200] == []
