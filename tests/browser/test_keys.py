"""Keys and looking away in a real browser (docs/safety-criteria.md, criteria 12, 13 and 44)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.chromium import DESK
from tests.support.site import Site
from tests.support.tls import HttpsServer
from tests.support.walk import until_settled

pytestmark = pytest.mark.browser

STORY = "They sleep in the kitchen."
LISTEN = """() => {
  const said = document.querySelector('#said');
  const tell = () => told(said.textContent, document.body.innerText);
  new MutationObserver(tell).observe(said, {childList: true});
}"""
SIX_SECONDS = """(Old => {
  window.Date = function () { return new Old(+new Old() + 6000) }
})(Date)"""
PICK = """() => {
  const list = document.createElement('select');
  document.querySelector('main').append(list);
  list.focus();
}"""
COARSE = "matchMedia('(pointer:coarse)').matches"
WRITE_MORE = """() => {
  const box = document.createElement('input');
  box.type = 'checkbox';
  document.querySelector('main').append(document.createElement('textarea'), box);
}"""
AWAY_AND_BACK = (
    ("blur", "window", "focus"),
    ("pagehide", "window", "pageshow"),
    ("blur", "document", "pointerdown"),
)
SEEN = "getComputedStyle(document.body).opacity"


def press_shift(page: Page, times: int, key: str = "Shift") -> None:
    for _ in range(times):
        page.keyboard.press(key)


def capitals(page: Page) -> None:
    for letter in "ABCDE":
        page.keyboard.press(f"Shift+{letter}")


def paste(page: Page) -> None:
    for _ in range(4):
        page.keyboard.press("Shift+Insert")


def other_keyboard(page: Page) -> None:
    """Alt and Shift together choose the next keyboard."""
    page.keyboard.down("Alt")
    press_shift(page, 4)
    page.keyboard.up("Alt")


def words_between(page: Page) -> None:
    """What an input method or a phone's keyboard puts in comes without a key."""
    for letter in "abcd":
        press_shift(page, 1)
        page.keyboard.insert_text(letter)


def marking(page: Page) -> None:
    for place in (1, 5, 9, 13):
        page.locator("[name=c]").click(modifiers=["Shift"], position={"x": place, "y": 10})


def held_down(page: Page) -> None:
    for _ in range(6):
        page.keyboard.down("Shift")
    page.keyboard.up("Shift")


def too_slow(page: Page) -> None:
    press_shift(page, 2)
    page.evaluate(SIX_SECONDS)
    press_shift(page, 1)


TYPING = (capitals, paste, other_keyboard, words_between, marking, held_down, too_slow)


@pytest.mark.parametrize(("key", "inside"), [("ShiftLeft", False), ("ShiftRight", True)])
def test_12_three_presses_of_shift_leave(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, key: str, inside: bool
) -> None:
    page = launch(viewport=DESK).pages[0]
    page.goto(f"{shared_site.url}/en/6")
    assert not page.evaluate(COARSE)
    if inside:
        page.locator("[name=c]").focus()
    press_shift(page, 3, key)
    page.wait_for_url(f"{shared_target.url}/")


@pytest.mark.parametrize("field", ["[name=c]", "textarea"])
def test_12_a_keyboard_on_the_screen_does_not_leave_a_field(
    phone: Page, shared_site: Site, field: str
) -> None:
    """Its Shift is pressed three times by who corrects a capital, with a finger."""
    phone.goto(f"{shared_site.url}/en/6")
    assert phone.evaluate(COARSE)
    phone.evaluate(WRITE_MORE)
    phone.locator(field).focus()
    press_shift(phone, 4)
    phone.keyboard.type("Amina")
    phone.wait_for_timeout(200)
    assert phone.input_value(field) == "Amina"
    assert phone.text_content("#said") == ""


@pytest.mark.parametrize("focused", ["body", "button", "input[type=checkbox]"])
def test_12_elsewhere_on_a_phone_shift_leaves(
    phone: Page, shared_site: Site, shared_target: HttpsServer, focused: str
) -> None:
    """A page has no keyboard on the screen where nobody writes: this one has keys."""
    phone.goto(f"{shared_site.url}/en/6")
    phone.evaluate(WRITE_MORE)
    if focused != "body":
        phone.locator(focused).first.focus()
    press_shift(phone, 3)
    phone.wait_for_url(f"{shared_target.url}/")


def test_12_typing_does_not_leave(phone: Page, shared_site: Site) -> None:
    for typing in TYPING:
        phone.goto(f"{shared_site.url}/en/6")
        phone.locator("[name=c]").focus()
        typing(phone)
        phone.wait_for_timeout(200)
        assert phone.url == f"{shared_site.url}/en/6", typing.__name__
        assert phone.inner_text("main"), typing.__name__


@pytest.mark.parametrize("language", ["en", "ar"])
def test_13_presses_are_announced_and_the_last_word_is_neutral(
    phone: Page, shared_site: Site, shared_target: HttpsServer, language: str
) -> None:
    phone.goto(f"{shared_site.url}/{language}/2")
    status = phone.locator("#said[role=status]")
    words = [status.get_attribute(f"data-{count}") for count in (1, 2, 3)]
    assert all(words)
    assert len(set(words)) == 3
    heard: list[tuple[str, str]] = []
    phone.expose_binding("told", lambda _source, word, body: heard.append((word, body)))
    phone.evaluate(LISTEN)
    press_shift(phone, 2)
    phone.keyboard.press("a")
    press_shift(phone, 3)
    phone.wait_for_url(f"{shared_target.url}/")
    for _ in until_settled("not every word was said"):
        phone.wait_for_timeout(0)  # lets what waits come in
        if len(heard) >= 6:
            break
    assert [word for word, _ in heard] == [*words[:2], "", *words]
    assert [bool(body) for _, body in heard] == [True] * 5 + [False]


def test_44_a_page_that_nobody_looks_at_is_blank_and_keeps_what_was_typed(
    phone: Page, shared_site: Site
) -> None:
    phone.goto(f"{shared_site.url}/en/6")
    for away, target, back in AWAY_AND_BACK:
        phone.fill("[name=c]", STORY)
        phone.evaluate(f"dispatchEvent(new Event('{away}'))")
        assert phone.evaluate(SEEN) == "0"
        phone.evaluate(f"{target}.dispatchEvent(new Event('{back}'))")
        assert phone.evaluate(SEEN) == "1"
        phone.keyboard.type(" Still here.")
        assert phone.input_value("[name=c]") == f"{STORY} Still here."
    phone.evaluate(PICK)
    phone.evaluate("dispatchEvent(new Event('blur'))")
    assert phone.evaluate(SEEN) == "1", "choosing from a list is no looking away"
