"""How the page goes (docs/safety-criteria.md, criteria 9, 10, 11, 14, 15, 21 and 32)."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from tests.support.browsing import Launch
from tests.support.length import LONG
from tests.support.site import Site
from tests.support.tls import HttpsServer
from tests.support.walk import History, end_guard, to_the_place, until_settled

pytestmark = pytest.mark.browser

GONE = "0_1_0"
"""Nothing to read, a title of one blank mark; no icon, no manifest, no element in the body."""
STATE = """() => [
  document.documentElement.innerText.trim().length,
  document.title.length,
  document.querySelectorAll('link[rel~=icon], link[rel=manifest], body *').length,
].join('_')"""
IN_ONE_TURN = f"""() => {{
  document.querySelector('a[data-exit]').click();
  window.left = true;
  return ({STATE})();
}}"""
TELL_ON = f"""setInterval(() => {{
  const heard = sound.paused && silenced ? '_silent' : '_loud';
  const when = window.left ? 'after_' : 'before_';
  fetch('/s/_' + when + ({STATE})() + heard, {{keepalive: true}});
}}, 40)"""
"""While a navigation is pending only the page itself can say what it shows: by its requests."""
PLAY = """() => {
  window.sound = document.createElement('audio');
  sound.muted = sound.loop = true;
  sound.src = '/s/sound.wav';
  document.querySelector('main').append(sound);
  window.silenced = 0;
  speechSynthesis.cancel = () => { silenced++ };
  return sound.play();
}"""
SEND_AND_LEAVE = """() => {
  document.querySelector('main form button[value=next]').click();
  setTimeout(() => document.querySelector('a[data-exit]').click(), 200);
}"""
FILL = """async count => {
  const cache = await caches.open('a');
  for (let at = 0; at < count; at += 500) {
    const part = Array.from({length: 500}, (_, n) => cache.put('/' + (at + n), new Response('1')));
    await Promise.all(part);
  }
}"""
ERROR_PAGE = "chrome-error://chromewebdata/"
STILL = 40
"""Looks without a new picture after which none is on its way."""
SILENCE = (
    b"RIFF" + (36 + 8000).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0"
    b"\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data" + (8000).to_bytes(4, "little") + b"\x80" * 8000
)


@pytest.fixture
def held_target(shared_target: HttpsServer) -> Iterator[HttpsServer]:
    """A target that takes requests and does not answer before the test is over."""
    shared_target.open.clear()
    yield shared_target
    shared_target.open.set()


@pytest.fixture
def dead_target(shared_target: HttpsServer) -> Iterator[HttpsServer]:
    """A target that hangs up on everybody."""
    shared_target.dead = True
    yield shared_target
    shared_target.dead = False


@pytest.mark.parametrize("code", ["1", "b1", "5"])
def test_9_the_page_is_gone_in_the_turn_in_which_the_exit_is_pressed(
    phone: Page, shared_site: Site, code: str, held_target: HttpsServer
) -> None:
    """No clock is needed: nothing lies between the press and the empty page, on any processor."""
    phone.goto(f"{shared_site.url}/en/{code}")
    assert phone.evaluate(IN_ONE_TURN) == GONE


def test_10_and_14_while_the_target_is_slow_nothing_is_left_to_see_or_hear(
    phone: Page, shared_site: Site, held_target: HttpsServer
) -> None:
    sound = {"content_type": "audio/wav", "body": SILENCE}
    phone.route("**/s/sound.wav", lambda route: route.fulfill(**sound))
    phone.goto(f"{shared_site.url}/en/b1")
    phone.evaluate(PLAY)
    phone.evaluate(TELL_ON)
    assert f"{GONE}_silent" not in _states(shared_site, "before")
    phone.evaluate(IN_ONE_TURN)
    assert set(_states(shared_site, "after")) == {f"{GONE}_silent"}


def test_10_while_the_target_is_slow_the_picture_is_of_one_colour(
    phone: Page, shared_site: Site, held_target: HttpsServer
) -> None:
    """What the browser draws, not what the page holds."""
    phone.goto(f"{shared_site.url}/en/b1")
    colours: dict[float, int] = {}
    devtools = phone.context.new_cdp_session(phone)

    def look(frame: Mapping[str, Any]) -> None:
        picture = Image.open(io.BytesIO(base64.b64decode(frame["data"])))
        found = picture.getcolors(picture.width * picture.height) or ()
        colours[frame["metadata"]["timestamp"]] = len(found)
        devtools.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    def newest() -> int:
        """Colours in the last picture; pictures arrive out of order."""
        phone.wait_for_timeout(0)  # lets what waits come in
        return colours[max(colours)] if colours else 0

    devtools.on("Page.screencastFrame", look)
    devtools.send("Page.startScreencast", {"format": "png"})
    # Pictures that wait for their answer when the page is left would stop those that follow.
    still, counted = 0, 0
    for _ in until_settled("no page was drawn, or it never held still"):
        still = still + 1 if newest() > 1 and len(colours) == counted else 0
        counted = len(colours)
        if still == STILL:
            break
    phone.evaluate("() => document.querySelector('a[data-exit]').click()")
    for _ in until_settled("the last picture is of many colours"):
        if newest() == 1 and held_target.seen:
            break


def _states(site: Site, when: Literal["before", "after"]) -> list[str]:
    """What the page tells of itself, by requests, before it is left and after.

    It says itself which of the two: what it told before may be on its way for long.
    """
    begin = f"/s/_{when}_"
    site.front.seen.clear()
    for _ in until_settled("the page told nothing"):
        paths = [seen.path for seen in site.front.seen]
        states = [path.removeprefix(begin) for path in paths if path.startswith(begin)]
        if len(states) >= 5:
            return states
    return []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_10_and_16_a_target_that_is_down_shows_an_error_and_no_way_back(
    launch: Launch, shared_site: Site, dead_target: HttpsServer, script: bool
) -> None:
    page = launch(script=script).pages[0]
    for code in ("1", "2", "b1"):
        page.goto(f"{shared_site.url}/en/{code}")
    page.locator("a[data-exit]").click()
    history = History(page)
    # Not by `wait_for_url`: that fails where the target hangs up while it waits.
    for _ in until_settled("the exit did not lead to the target"):
        if not history.shows_the_site() and page.url.startswith(ERROR_PAGE):
            break
    assert not history.shows_the_site()
    for steps in (-1, -2, -1):
        dead_target.seen.clear()
        history.ask_for(steps)
        for _ in until_settled("the way back did not lead to the target"):
            assert not history.shows_the_site()
            if dead_target.seen and page.url.startswith(ERROR_PAGE):
                break


@pytest.mark.parametrize("missing", ["**/s/*.js", "**/s/*", "**/s/*.css"])
def test_11_the_exit_works_where_scripts_or_styles_did_not_arrive(
    phone: Page, shared_site: Site, shared_target: HttpsServer, missing: str
) -> None:
    phone.route(missing, lambda route: route.abort())
    phone.goto(f"{shared_site.url}/en/2")
    phone.locator("a[data-exit]").click()
    phone.wait_for_url(f"{shared_target.url}/")
    history = History(phone)
    history.move(-1)
    assert not history.shows_the_site()


def test_15_nothing_asks_before_leaving_and_a_form_on_its_way_does_not_hold(
    phone: Page, shared_site: Site, shared_target: HttpsServer
) -> None:
    asked: list[str] = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    to_the_place(phone, shared_site.url)
    phone.locator("[name=f3]").press_sequentially("Antwerp")
    phone.route("**/en/5", _never_answer)
    phone.evaluate(SEND_AND_LEAVE)
    # Not by `wait_for_url`: the form's own way, which the browser gives up, counts as its failure.
    for _ in until_settled("the exit did not lead to the target"):
        phone.wait_for_timeout(0)  # lets what waits come in
        if phone.url == f"{shared_target.url}/":
            break
    assert asked == []


def _never_answer(_route: Route) -> None:
    """Leave a request where it is."""


@pytest.mark.parametrize("button", ["middle", "left"])
def test_21_it_leaves_in_the_same_tab_and_the_target_cannot_reach_back(
    phone: Page, shared_site: Site, shared_target: HttpsServer, button: Literal["middle", "left"]
) -> None:
    phone.goto(f"{shared_site.url}/en/1")
    phone.locator("a[data-exit]").click(button=button)
    phone.wait_for_url(f"{shared_target.url}/")
    assert len(phone.context.pages) == 1
    assert phone.evaluate("opener === null && document.referrer === ''")


def test_32_leaving_waits_for_no_wipe_though_there_is_much_to_wipe(
    phone: Page, shared_site: Site, shared_target: HttpsServer
) -> None:
    phone.goto(f"{shared_site.url}/en/1")
    phone.evaluate(FILL, 20_000 if LONG else 2_000)
    shared_site.front.open.clear()
    try:
        phone.locator("a[data-exit]").click(no_wait_after=True)
        phone.wait_for_url(f"{shared_target.url}/")
    finally:
        shared_site.front.open.set()
    end_guard(phone.context, shared_site.url)
    other = phone.context.new_page()  # the tab that left remembers that it did
    other.goto(f"{shared_site.url}/en/4")
    for _ in until_settled("something is left"):
        if other.evaluate("caches.keys()") == []:
            break
    assert other.url == f"{shared_site.url}/en/4"
