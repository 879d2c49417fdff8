"""Going through the report's form at a served instance, one press after the other."""

from __future__ import annotations

from tests.support.forms import ANSWERS, STORY_PAGE, fields_in, multipart
from tests.support.served import Answer, Served


def press(site: Served, page: Answer, button: str = "next", **answers: str) -> Answer:
    """The page that follows on a press of `button`."""
    return site.post("/en/5", {**fields_in(page.text), "b": button, **answers})


def to_story(site: Served) -> Answer:
    """The page that asks for the story; nothing was refused on the way."""
    page = site.get("/en/5")
    for answers in ANSWERS[: STORY_PAGE - 1]:
        page = press(site, page, **answers)
    assert page.status == 200
    return page


def send_file(site: Served, page: Answer, name: str, data: bytes) -> Answer:
    """The page that follows on a form with one file, without script."""
    kind, body = multipart({**fields_in(page.text), "b": "add"}, {name: data})
    return site.ask("POST", "/en/57", body, {"Content-Type": kind})
