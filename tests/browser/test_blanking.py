"""How the page goes (safety criteria 9, 10, 11, 14, 15, 21 and 32)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from tests.support.browsing import Launch
from tests.support.length import LONG
from tests.support.site import Site
from tests.support.tls import HttpsServer
from tests.support.walk import History, to_the_place, until_settled

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
  return ({STATE})();
}}"""
TELL_ON = f"""setInterval(() => {{
  const heard = sound.paused && silenced ? '_silent' : '_loud';
  fetch('/s/_' + ({STATE})() + heard, {{keepalive: true}});
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
    assert _states(shared_site)[-1] != f"{GONE}_silent"
    phone.evaluate(IN_ONE_TURN)
    # What the page told before it was left may still be on its way for a moment.
    _states(shared_site)
    assert set(_states(shared_site)) == {f"{GONE}_silent"}


def _states(site: Site) -> list[str]:
    """What the page tells of itself from now on, by requests."""
    site.front.seen.clear()
    for _ in until_settled("the page told nothing"):
        paths = [seen.path for seen in site.front.seen]
        states = [path.removeprefix("/s/_") for path in paths if path.startswith("/s/_")]
        if len(states) >= 5:
            return states
    return []


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
    phone.wait_for_url(f"{shared_target.url}/")
    assert asked == []


def _never_answer(_route: Route) -> None:
    """Leave a request where it is."""


def test_21_it_leaves_in_the_same_tab_and_the_target_cannot_reach_back(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    context = launch()
    page = context.pages[0]
    for button in ("middle", "left"):
        context.clear_cookies()
        page.goto(f"{shared_site.url}/en/1")
        page.locator("a[data-exit]").click(button=button)  # type: ignore[arg-type]  # both are allowed
        page.wait_for_url(f"{shared_target.url}/")
        assert len(context.pages) == 1
        assert page.evaluate("opener === null && document.referrer === ''")
        page.evaluate("sessionStorage.clear()")


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
    phone.context.clear_cookies()
    phone.goto(f"{shared_site.url}/en/4")
    phone.evaluate("sessionStorage.clear()")
    for _ in until_settled("something is left"):
        if phone.evaluate("caches.keys()") == []:
            break
