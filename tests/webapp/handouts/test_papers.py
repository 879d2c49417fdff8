"""Posters and pocket cards: in every language, with a code that leads there, neutral outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from fontTools.ttLib import TTFont

from reports.paper import FONTS

TELLING = re.compile(r"traffic|exploit|victim|mensenhandel|traite|opfer|ضحاي|اتجار", re.IGNORECASE)
ARABIC = re.compile(r"[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")


@pytest.fixture
def papers(app: Flask, tmp_path: Path) -> dict[str, Path]:
    """Every paper of the default languages, by name."""
    arguments = ["print", str(tmp_path / "out"), "--url", "https://info.test/"]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    return {file.stem: file for file in (tmp_path / "out").iterdir()}


def words(file: Path) -> str:
    with pypdfium2.PdfDocument(file) as paper:
        assert len(paper) == 1
        return str(paper[0].get_textpage().get_text_range())


def test_each_language_has_a_poster_and_a_card_under_a_neutral_name(
    papers: dict[str, Path],
) -> None:
    tags = ("en", "nl", "fr", "de", "ar")
    assert set(papers) == {f"{tag}-{number}" for tag in tags for number in (1, 2)}


def test_every_code_leads_to_the_first_page_in_its_language(papers: dict[str, Path]) -> None:
    for name, file in papers.items():
        with pypdfium2.PdfDocument(file) as paper:
            read = zxingcpp.read_barcodes(paper[0].render(scale=2).to_pil())
        assert {code.text for code in read} == {f"https://info.test/{name[:2]}/1"}, name
        assert len(read) == (1 if name.endswith("1") else 4), name


def test_nothing_on_a_paper_says_what_it_is_about(papers: dict[str, Path]) -> None:
    for name, file in papers.items():
        text = words(file)
        assert not TELLING.search(text), name
        assert "info.test" in text, name
        with pypdfium2.PdfDocument(file) as paper:
            told = {key: value for key, value in paper.get_metadata_dict().items() if value}
        assert told["Title"] == "Info", name
        assert set(told) <= {"Title", "CreationDate"}, name


def test_a_card_holds_the_numbers_of_each_country(papers: dict[str, Path]) -> None:
    text = words(papers["en-2"])
    for line in ("Belgium", "101 / 112", "078 055 800", "033 448 11 86", "113 / 112"):
        assert text.count(line) == 4, line


def test_arabic_is_written_in_joined_letters_from_right_to_left(papers: dict[str, Path]) -> None:
    text = words(papers["ar-2"])
    assert len(ARABIC.findall(text)) > 40
    assert "Belgium" not in text


def test_the_font_has_every_letter_of_our_languages() -> None:
    known = TTFont(FONTS / "DejaVuSans.ttf").getBestCmap()
    for sample in ("ąćęłńóśźż", "ăâîșț", "ёйщъы", "гґєії", "αβγώ", "پچژگ", "ğışç", "ẹọṣ", "ễợữ"):
        assert {ord(letter) for letter in sample} <= set(known), sample


@pytest.mark.parametrize(
    "url", ["info.test", "http://info.test", "https://", "https://a.test/b", "https://x@a.test"]
)
def test_an_address_that_is_not_a_sites_is_refused(
    make_app: Callable[..., Flask], tmp_path: Path, url: str
) -> None:
    runner = make_app().test_cli_runner()
    done = runner.invoke(args=["print", str(tmp_path / "none"), "--url", url])
    assert done.exit_code == 2
    assert "give the address of the site alone" in done.output
    assert not (tmp_path / "none").exists()
