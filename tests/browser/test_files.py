"""Files and voice in a real browser: a broken line, a changed voice, and no trace of either."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.support import files
from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.walk import press, to_the_story

pytestmark = pytest.mark.browser

RECORDS = "navigator.mediaDevices.getUserMedia({audio: true}).then(() => 'yes', (e) => e.name)"


def to_the_files(page: Page, site: Site) -> None:
    to_the_story(page, site.url, "Fish market")
    page.fill("textarea", "They sleep in the kitchen.")
    press(page)


def test_files_survive_a_broken_line_and_a_voice_is_changed_before_it_leaves(
    launch: Launch, site: Site, tmp_path: Path
) -> None:
    profile = tmp_path / "files"
    context = launch(profile=profile)
    page = context.pages[0]
    to_the_files(page, site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if "upload-offset" in route.request.headers and len(broken) < 2:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/en/57*", break_once)
    large = files.jpeg() + bytes(700_000)
    page.set_input_files("#u", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": large}])
    page.locator(".files", has_text="a.jpg").wait_for(timeout=90_000)
    assert len(broken) == 2
    assert not [told for told in asked if told.startswith("PATCH")], "some networks forbid it"
    assert "We took the hidden details out." in page.inner_text(".files")
    # No secret in an address: the form's token travels in a header alone.
    token = page.input_value("[name=t]")
    assert not any(token in address for address in asked)

    page.click("#v")
    page.get_by_text("Recording.").wait_for(timeout=60_000)
    page.wait_for_function("document.readyState === 'complete'")
    page.click("#v")
    page.locator("audio").wait_for(timeout=60_000)
    page.evaluate("document.querySelector('audio').play()")
    page.get_by_text("Add this recording").click()
    page.locator(".files", has_text="voice.wav").wait_for(timeout=90_000)
    press(page, "end")
    assert "voice.wav" in page.inner_text("main")
    # The microphone is for the page of files alone.
    assert page.evaluate(RECORDS) == "NotAllowedError"
    context.close()
    left = [path.read_bytes() for path in profile.rglob("*") if path.is_file()]
    assert not any(b"RIFF" in data and b"WAVEfmt" in data for data in left)


def test_without_script_the_form_carries_the_files(launch: Launch, site: Site) -> None:
    page = launch(script=False).pages[0]
    to_the_files(page, site)
    page.set_input_files("#u", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}])
    press(page, "end")
    assert "a.txt" in page.inner_text("main")
    assert page.locator("#v").count() == 0
