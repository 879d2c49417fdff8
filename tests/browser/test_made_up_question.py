"""A made-up question on a phone, with script and without: asked, taken, and shown again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.support.cast import Instance
from tests.support.made_up import SHELTER, add_question
from tests.support.walk import STORY, choose, press

pytestmark = pytest.mark.browser
NAME = f"f{SHELTER.number}"
MOST_PAGES = 25


@pytest.fixture
def address(app: Flask, app_instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where this process serves the form with one question more."""
    add_question(monkeypatch)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_witness_answers_it(phone_with_and_without_script: Page, address: str) -> None:
    page = phone_with_and_without_script
    page.goto(f"{address}/en/5")
    choose(page, f5="witness")
    press(page)
    for _ in range(MOST_PAGES):
        if page.locator(f"[name={STORY}]").count():
            page.fill(f"[name={STORY}]", "They sleep in the kitchen.")
        if page.locator(f"[name={NAME}]").count():
            break
        press(page)
    assert "Where does the person sleep?" in page.inner_text("main")
    choose(page, **{NAME: "work"})
    press(page, "end")
    review = page.inner_text("main")
    assert "Where does the person sleep?" in review
    assert "At work" in review
