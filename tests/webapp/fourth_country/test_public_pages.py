"""Every public page of a country that nobody has written a line of code for."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reports.model import Report
from tests.support.cast import Instance
from tests.support.forms import STORY, Form, code_on, text
from tests.support.fourth_country import (
    CODE,
    HELP_NUMBER,
    LETTER,
    NAME,
    add_country,
    walk,
    write_chapters,
)
from tests.support.web import AtSite, Clock

FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="(f\d+)"')
TOLD = {"f1": CODE, "f2": "freedonia_north", "f3": "Harbour", "f4": "labour", "f7": "no"}
DOORS = ("witness", "self", "professional")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def report(client: FlaskClient, door: str) -> Form:
    """Somebody reports through this door, up to the review."""
    form = Form(client)
    for _ in range(25):
        page = text(form.page)
        if "Is this right?" in page:
            return form
        asked = set(FIELD.findall(page))
        told = {name: value for name, value in (TOLD | {"f5": door}).items() if name in asked}
        if "f2" in asked:
            assert "Which part of Freedonia?" in page
            assert "South Freedonia" in page
            assert "Flanders" not in page
        form.press("next", **told, **({"f8": STORY} if "f8" in asked else {}))
    raise AssertionError("no review came")


def test_every_public_page_is_there_and_names_it(app: Flask, app_instance: Instance) -> None:
    app.test_client_class = AtSite
    pages = walk(app, "/", "/en/1", "/en/5", "/en/6", "/en/9", "/en/20")
    for path in ("/en/2", "/en/3", f"/en/{LETTER}0", f"/en/{LETTER}z", f"/en/{LETTER}y", "/en/17"):
        assert NAME in pages[path], path
    assert HELP_NUMBER in pages[f"/en/{LETTER}z"]
    assert "North Freedonia" in pages[f"/en/{LETTER}0"]
    # Nobody has written its chapters: no page leads there, and each says so.
    assert [path for path in pages if re.fullmatch(rf"/en/{LETTER}\d", path)] == [f"/en/{LETTER}0"]
    for path in [*pages]:
        if path.startswith(f"/en/{LETTER}") or path in ("/en/2", "/en/3", "/en/9", "/en/17"):
            # This client checks each page on the way.
            assert app.test_client().get(path).status_code == 200
    missing = "We have not yet written about your rights in this country."
    assert all(missing in pages[f"/en/{path}"] for path in ("2", f"{LETTER}0", f"{LETTER}z"))
    assert f"Here is nothing yet about this country: {NAME}." in text_of(pages["/en/17"])
    assert app.test_client().get(f"/en/{LETTER}1").status_code == 404


def test_its_public_holiday_is_said_beside_the_hours(client: FlaskClient, clock: Clock) -> None:
    page = text(client.get(f"/en/{LETTER}z"))
    said = "Today is a public holiday: this can be different."
    assert f"Open now, until 17:00. {said}" in page
    clock.forward(days=1)
    assert said not in text(client.get(f"/en/{LETTER}z"))


def test_who_can_help_asks_for_it_by_region(client: FlaskClient) -> None:
    asked = text(client.get("/en/9"))
    for words in ("Freedonia: North Freedonia", "Freedonia, I don't know where"):
        assert words in asked
    answers = {"a": f"{LETTER}r", "b": "1", "c": "4", "d": "3"}
    assert "North House" in text(client.post("/en/9", data=answers))


@pytest.mark.parametrize("door", DOORS)
def test_a_report_from_each_door_reaches_its_desk(
    client: FlaskClient, app_instance: Instance, door: str
) -> None:
    form = report(client, door)
    review = text(form.page)
    assert f"Our staff for this country: {NAME}." in review
    assert "North Freedonia" in review
    assert ("Helpers of Freedonia" if door == "self" else "Police of Freedonia") in review
    form.press("send")
    assert code_on(form.page)
    [found] = app_instance.session.scalars(select(Report))
    assert (found.country, found.form) == (CODE, "labour")


def test_a_region_of_another_country_is_asked_again(client: FlaskClient) -> None:
    form = Form(client)
    for answers in ({"f5": "witness"}, {"f1": "BE"}, {"f2": "flanders"}):
        form.press(**answers)
    form.press("2")
    form.press("next", f1=CODE)
    assert "Which part of Freedonia?" in text(form.page)
    form.press("next", f2="wallonia")
    form.press("next", f7="no")
    form.press("next", f4="labour")
    form.press("next", f8=STORY)
    form.press("end")
    assert "Wallonia" not in text(form.page)


def test_it_is_printed_and_exported(
    files: Path, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    add_country(files)
    runner = make_app(WAYSIDE_LANGUAGES="en").test_cli_runner()
    papers = tmp_path / "papers"
    done = runner.invoke(args=["print", str(papers), "--url", "https://info.test/"])
    assert done.exit_code == 0, done.output
    with pypdfium2.PdfDocument(papers / "en-2.pdf") as card:
        words = card[0].get_textpage().get_text_range()
    assert NAME in words
    assert HELP_NUMBER in words
    done = runner.invoke(args=["export", str(tmp_path / "site")])
    assert done.exit_code == 0, done.output
    pages = {path.stem: path.read_text("utf-8") for path in (tmp_path / "site").rglob("*.html")}
    # Pages with opening hours are of the moment, and stay with the server.
    assert all(NAME in pages[code] for code in ("2", "3", "17"))
    assert f"{LETTER}1" not in pages


def test_its_own_chapters_are_pages_as_soon_as_they_are_written(app: Flask) -> None:
    write_chapters(app, {"rights": "<p>In Freedonia you are free.</p>"})
    app.test_client_class = AtSite
    client = app.test_client()
    assert "In Freedonia you are free." in client.get(f"/en/{LETTER}1").text
    assert f'href="/en/{LETTER}1"' in client.get("/en/2").text
    assert f'href="/en/{LETTER}1"' in client.get("/en/17").text
