"""What a page asks of network, browser and paper.

docs/safety-criteria.md, criteria 35, 37, 38, 40, 41, 47, 51 and 52.
"""

from __future__ import annotations

import re

import pytest

from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.tls import SITE_HOST, HttpsServer
from tests.support.walk import open_mailbox, report, write

pytestmark = pytest.mark.browser

SPY = """(() => {
  const tell = name => function () { asked(name); return Promise.reject(new Error(name)); };
  const put = (holder, name) => { if (holder) holder[name] = tell(name); };
  put(navigator.clipboard, 'writeText'); put(navigator.clipboard, 'readText');
  put(navigator.clipboard, 'write'); put(navigator.clipboard, 'read');
  put(self.Notification, 'requestPermission');
  put(navigator.geolocation, 'getCurrentPosition'); put(navigator.geolocation, 'watchPosition');
  put(navigator.serviceWorker, 'register'); put(navigator.mediaDevices, 'getUserMedia');
  put(navigator.storage, 'persist'); put(navigator, 'share'); put(navigator, 'sendBeacon');
  const old = Document.prototype.execCommand;
  Document.prototype.execCommand = function (name) {
    asked(name);
    return old.apply(this, arguments);
  };
  for (const name of ['copy', 'cut', 'paste', 'beforeinstallprompt', 'beforeunload', 'unload']) {
    const listen = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (kind) {
      if (kind === name) asked('listens for ' + name);
      return listen.apply(this, arguments);
    };
  }
})()"""
PARTS = """[...document.querySelectorAll('[src], link[href]')]
  .map(e => e.getAttribute('src') || e.getAttribute('href')).filter(a => !a.startsWith('data:'))"""
INLINE = """[...document.querySelectorAll('*')].filter(e => e.hasAttribute('style')
    || [...e.attributes].some(a => a.name.startsWith('on'))
    || (e.matches('script') && !e.src) || e.matches('style, form[action*="/x"]'))
  .map(e => e.outerHTML)"""
MOVES = """[...document.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e);
  return style.animationName !== 'none' || /[1-9]/.test(style.transitionDuration);
}).length"""
PRINTED = """document.title + [...document.querySelectorAll('h1')]
  .filter(e => e.checkVisibility()).map(e => e.innerText).join()"""


def test_35_37_38_40_41_and_51_pages_ask_for_nothing_but_their_own_files(
    launch: Launch, shared_site: Site
) -> None:
    context = launch()
    hosts, asked, parts = set(), [], set()
    context.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    context.expose_binding("asked", lambda _source, name: asked.append(name))
    context.add_init_script(SPY)
    page = context.pages[0]
    for code in ("1", "2", "3", "4", "8", "b1", "n4", "l1", "15", "0", "b0", "bz", "6", "9", "zz"):
        page.goto(f"{shared_site.url}/en/{code}")
        page.locator("h1").click()
        parts.add(tuple(sorted(page.evaluate(PARTS))))
        assert page.evaluate(INLINE) == [], code
        assert page.evaluate(MOVES) == 0, code
        page.emulate_media(media="print")
        assert re.fullmatch(r"Info \w+", page.evaluate(PRINTED)), code
        page.emulate_media(media="screen")
    code = report(page, shared_site.url, "Antwerp", "They sleep in the kitchen.")
    open_mailbox(page, shared_site.url, code)
    parts.add(tuple(sorted(page.evaluate(PARTS))))
    assert hosts == {SITE_HOST}
    assert asked == []
    assert len(parts) == 1, "some pages load other files than others"


def test_47_every_task_works_with_script_styles_images_and_cookies_off(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    context = launch(script=False)
    context.route("**/s/*", lambda route: route.abort())
    page = context.pages[0]
    page.goto(shared_site.url)
    page.locator("a[lang=nl]").first.click()
    page.locator("a[href='/nl/2']").first.click()
    page.locator("a[href='/nl/b1']").first.click()
    assert page.inner_text("h1")
    code = report(page, shared_site.url, "Antwerp", "They sleep in the kitchen.")
    open_mailbox(page, shared_site.url, code)
    write(page, "Is someone there?")
    assert "Is someone there?" in page.inner_text("main")
    assert context.cookies() == []
    page.locator("a[data-exit]").click()
    page.wait_for_url(f"{shared_target.url}/")


def test_52_the_servers_own_log_holds_no_visit_and_no_exit(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    before = shared_site.log.read_bytes()
    page = launch(user_agent="Okapiphone").pages[0]
    report(page, shared_site.url, "Quaggamarkt", "Zebrafinchstory")
    page.locator("a[data-exit]").click()
    page.wait_for_url(f"{shared_target.url}/")
    assert shared_site.log.read_bytes() == before
