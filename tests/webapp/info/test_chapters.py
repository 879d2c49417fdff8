"""The chapters: whole or in English, every figure from the country files, plain words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from reports.routing.country import DATA, load_all
from tests.support.reading import plain
from tests.support.web import AtSite, put_services
from webapp.catalogues import FOLDER, read_source_texts
from webapp.i18n import Languages, load_languages
from webapp.info.fact_reader import FactReader
from webapp.site.assets import FOLDER as STATIC

CHAPTERS = ("b1", "n1", "l1")


def _sentences(text: str) -> Iterator[str]:
    plain = re.sub(r"%\(\w+\)s", "x", text)
    yield from re.split(r"(?<=[.?!:;])\s+", plain)


@pytest.mark.parametrize("domain", ["chapters", "messages"])
def test_no_sentence_has_more_than_fifteen_words(domain: str) -> None:
    texts = read_source_texts(domain)
    assert len(texts) > 100
    assert [s for text in texts for s in _sentences(text) if len(s.split()) > 15] == []


def test_no_figure_stands_in_the_words_of_a_chapter() -> None:
    figures = [
        t for t in read_source_texts("chapters") if re.search(r"\d", re.sub(r"%\(\w+\)s", "", t))
    ]
    assert figures == []


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        (
            "b1",
            (
                "You can get 45 days.",
                "Annex 15",
                "You are allowed to work from the moment you have this paper: AI.",
                "you can ask this office for money to live on: OCMW, CPAS.",
                "Ask within 5 years after the last judgment.",
                "You get a guardian, who protects you.",
            ),
        ),
        (
            "n1",
            (
                "You can get up to 3 months.",
                "Then it can be shorter.",
                "It is for 1 year at a time.",
                "Victims must not be punished for crimes that they were forced to do.",
                "In the Netherlands call",
            ),
        ),
        (
            "l1",
            (
                "You can get 90 days.",
                "You must not leave Luxembourg in this time.",
                "You can get a permit for 6 months.",
                "What happened to you does not depend on it.",
                "Then everyone who helps you must tell the police.",
            ),
        ),
    ],
)
def test_a_chapter_says_what_the_sources_say(
    client: FlaskClient, code: str, sentences: tuple[str, ...]
) -> None:
    html = client.get(f"/en/{code}").text
    for sentence in sentences:
        assert sentence in html


@pytest.mark.parametrize("code", CHAPTERS)
def test_nothing_is_promised_and_sources_have_their_day(client: FlaskClient, code: str) -> None:
    html = client.get(f"/en/{code}").text
    assert "It is not a promise." in html
    assert "Nobody can promise you these papers." in html
    assert "Checked on 30 April 2026:" in html
    assert "Brochure of the Benelux countries (2021), line" in html


def _with_data(
    make_app: Callable[..., Flask],
    folder: Path,
    changes: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> FlaskClient:
    shutil.copytree(DATA, folder)
    for name, old, new in changes:
        file = folder / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
    monkeypatch.setattr("webapp.site.country_edition.load_all", lambda _own, **_: load_all(folder))
    app = make_app()
    app.test_client_class = AtSite
    return app.test_client()


def _fact(name: str, key: str, old: str, new: str) -> tuple[str, str, str]:
    """The change of one fact's value, as it stands in the file."""
    text = (DATA / name).read_text("utf-8")
    start = text.index(f"[facts.{key}]")
    block = text[start : text.index("\n\n", start)]
    assert f"value = {old}" in block
    return name, block, block.replace(f"value = {old}", f"value = {new}")


def _strength(name: str, key: str, new: str) -> tuple[str, str, str]:
    """The change of one fact's strength, as it stands in the file."""
    text = (DATA / name).read_text("utf-8")
    block = text[text.index(f"[facts.{key}]") :].split("\n\n")[0]
    return name, block, re.sub('strength = ".*"', f'strength = "{new}"', block)


def test_a_changed_fact_changes_the_chapter(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [
        _fact("be.toml", "reflection_period", "45", "60"),
        _fact("be.toml", "permit_period", "6", "1"),
        _fact("be.toml", "no_punishment", "true", "false"),
    ]
    reader = _with_data(make_app, tmp_path / "data", changes, monkeypatch)
    html = reader.get("/en/b1").text
    assert "You can get 60 days." in html
    assert "It is good for 1 month, and can be renewed each time." in reader.get("/en/b4").text
    assert "Then you are not punished for it." not in html


def test_the_strength_of_a_fact_chooses_its_sentence(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same fact as a right, as a risk, and older than a change of the law."""
    text = (DATA / "be.toml").read_text("utf-8")
    block = text[text.index("[facts.police_tell_immigration]") :].split("\n\n")[0]
    said = {
        "right": "Police and inspectors who see signs must tell the Immigration Office.",
        "risk": "It can happen that they tell the Immigration Office about you.",
        "open": "Do the police tell the Immigration Office about me?",
    }
    changed = {
        "right": block,
        "risk": block.replace('strength = "right"', 'strength = "risk"'),
        "open": block + '\nchanged_by = ["eu-asylum-2026"]',
    }
    for strength, new in changed.items():
        changes = [("be.toml", block, new)]
        reader = _with_data(make_app, tmp_path / strength, changes, monkeypatch)
        page = plain(reader.get("/en/b1").text).replace("\N{NO-BREAK SPACE}", " ")
        assert [each for each, words in said.items() if words in page] == [strength]


def test_a_fact_that_a_page_states_though_it_is_open_puts_a_warning_on_the_page(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [_strength("be.toml", "reflection_period", "open")]
    reader = _with_data(make_app, tmp_path / "data", changes, monkeypatch)
    warning = "Some of these rules changed, or could not be confirmed."
    assert warning in reader.get("/en/b3").text
    assert warning not in reader.get("/en/b7").text


def test_no_page_of_the_product_states_what_is_open(client: FlaskClient) -> None:
    codes = [f"{letter}{digit}" for letter in "bnl" for digit in "123456789"]
    pages = {code: client.get(f"/en/{code}").text for code in (*codes, "11", "14", "17")}
    assert [code for code, page in pages.items() if "could not be confirmed" in page] == []


def test_a_fact_in_another_unit_is_refused(app: Flask) -> None:
    with app.app_context():
        quoted = FactReader(load_all()["BE"])
    assert quoted.count("reflection_period", "days") == 45
    with pytest.raises(ValueError, match="counts days"):
        quoted.count("reflection_period", "months")
    with pytest.raises(TypeError):
        quoted.is_true("reflection_period")
    with pytest.raises(KeyError):
        quoted.format_value("no_such_fact")


def test_a_chapter_with_one_paragraph_missing_is_in_english_as_a_whole(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "Nobody can promise you these papers."
    monkeypatch.setattr(
        "webapp.info.chapters.is_translated", lambda text, translations: text != missing
    )
    put_services(app, languages=Languages((load_languages()["en"], load_languages()["ar"])))
    html = client.get("/ar/b1").text
    assert '<html lang="ar" dir="rtl">' in html
    assert '<div lang="en" dir="ltr">' in html
    assert missing in html


def test_every_chapter_in_a_list_has_a_pictogram_that_is_drawn(client: FlaskClient) -> None:
    sheet = (STATIC / "css/public.css").read_text("utf-8")
    places = {sign: int(at) for sign, at in re.findall(r"\.sign-(\w+) { --at: (\d+); }", sheet)}
    squares = int(re.findall(r"--squares: (\d+);", sheet)[0])
    with Image.open(STATIC / "icons/signs.png") as painted:
        assert painted.width == squares * painted.height
    assert sorted(places.values()) == list(range(1, squares))
    listed = re.compile(r'<li><a href="[^"]+">(<span class="sign sign-(\w+)" aria-hidden="true">)?')
    lists = re.findall(r'<ul class="plain-links">(.*?)</ul>', client.get("/en/b1").text, re.S)
    signs = [sign for each in lists for _span, sign in listed.findall(each)]
    assert len(signs) == 15
    assert set(signs) <= {"question", *places}


def test_when_a_report_is_read_is_told_as_the_deployer_set_it(
    make_app: Callable[..., Flask],
) -> None:
    def told(**settings: str) -> str:
        app = make_app(**settings)
        app.test_client_class = AtSite
        return app.test_client().get("/en/13").text

    assert "A person will read your report. We cannot say when." in told()
    within = told(WAYSIDE_READ_WITHIN_DAYS="3")
    assert "We try to do it within 3 days." in within
    assert "We cannot say when" not in within


def test_what_the_staff_may_keep_longer_is_said_beside_when_it_is_erased(
    client: FlaskClient,
) -> None:
    for code in ("13", "15"):
        told = client.get(f"/en/{code}").text
        assert "We erase it 90 days after we close it." in told
        assert "Two people of the staff can keep it longer" in told


@pytest.mark.parametrize("domain", ["chapters", "countries", "messages"])
def test_french_forbids_nothing_that_is_only_not_needed(domain: str) -> None:
    """To most readers "vous ne devez pas" says that one must not."""
    with (FOLDER / f"fr/LC_MESSAGES/{domain}.po").open("rb") as file:
        words = [str(message.string) for message in read_po(file)]
    assert len(words) > 100
    assert [said for said in words if "ne devez pas" in said] == []
