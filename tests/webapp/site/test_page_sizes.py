"""Exactly one size a class: in every language, state, failure, and length of a story or thread."""

from __future__ import annotations

import gzip
import html as markup
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reports import mailbox
from reports.db import begin_write, make_session_factory
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.stores import mark_stores
from reports.tombstones import FILES
from tests.support.cast import NOW, Instance, founded
from tests.support.forms import Form, carried, multipart, opened, text
from tests.support.many_languages import WORDS, list_tags, many_languages
from tests.support.web import AtSite, Clock, make_room, put_services
from webapp.export.write import list_addresses
from webapp.site.app_services import get_services
from webapp.site.padded_response import HEADER_ROOM, render_shared_page
from webapp.site.page_sizes import ECHO, FORM, SHARED

TAGS = ("en", "nl", "fr", "de", "ar")
WIDE = ("bn", "my")
DOORS = ("witness", "self", "professional")
RADIO = re.compile(r'type="radio" id="[^"]*" name="(\w+)" value="([^"]*)"')
TICK = re.compile(r'type="checkbox" id="[^"]*" name="(\w+)" value="([^"]*)"')
LINE = re.compile(r'type="text" id="(\w+)"')
AREA = re.compile(r'<textarea id="(\w+)"')
STORIES = {
    "short": "They sleep in the kitchen.",
    "long": 'They sleep "here". ' * 1_050,
    "wide": " ".join(WORDS["my"].split() * 40)[:12_600],
    "marks": "\"<&>'" * 1_500,
}


def measure(response: TestResponse) -> tuple[int, int]:
    """Bytes of head and body."""
    status = f"HTTP/1.1 {response.status}\r\n"
    head = sum(len(name) + len(value) + 4 for name, value in response.headers)
    return len(status) + head, len(response.data)


def fill_in(page: TestResponse, words: str) -> dict[str, Any]:
    """Everything that a page asks: the first choice, every box, `words` in every field."""
    shown = text(page)
    answers: dict[str, Any] = {}
    for name, value in RADIO.findall(shown):
        answers.setdefault(name, value)
    for name, value in TICK.findall(shown):
        answers.setdefault(name, []).append(value)
    answers |= dict.fromkeys(AREA.findall(shown), words)
    answers |= {name: words[:200] for name in LINE.findall(shown) if name != "f0"}
    return answers


def walk(client: FlaskClient, tag: str, door: str, story: str, sizes: set[Any]) -> Form:
    """The whole way through a door with every question answered, to the review."""
    form = Form(client, f"/{tag}/5")
    form.press(f5=door)
    for _ in range(20):
        sizes.add(measure(form.page))
        if 'value="send"' in text(form.page):
            return form
        said = fill_in(form.page, story[:190])
        said |= {"f8": story} if "f8" in said else {}
        said |= {"f7": "no"} if "f7" in said else {}
        form.press(**said)
    raise AssertionError("no review came")


@pytest.fixture
def sending(app_instance: Instance) -> Instance:
    return app_instance


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("story", STORIES)
def test_every_page_of_a_report_has_one_size(
    client: FlaskClient, sending: Instance, clock: Clock, tag: str, story: str
) -> None:
    sizes: set[Any] = set()
    for door in DOORS:
        form = walk(client, tag, door, STORIES[story], sizes)
        clock.forward(minutes=1)
        receipt = form.press("send")
        sizes.add(measure(receipt))
        sizes.add(measure(form.press("check", c="1234" * 900)))
        sizes.add(measure(form.press("send")))
    assert sizes == {(HEADER_ROOM, FORM)}


@pytest.mark.parametrize("tag", TAGS)
def test_every_failure_of_a_form_has_that_size_too(
    client: FlaskClient, app: Flask, sending: Instance, tag: str
) -> None:
    form = Form(client, f"/{tag}/5")
    sizes = {measure(form.page), measure(form.press("tongues")), measure(form.press("nonsense"))}
    sizes.add(measure(form.press("next", t="x" * 9_000, w="w" * 90_000, f5="k" * 9_000)))
    sizes.add(measure(client.post(f"/{tag}/5", data={f"x{n}": "" for n in range(99)})))
    sizes.add(measure(client.post(f"/{tag}/5", headers={"Sec-Fetch-Site": "cross-site"})))
    sizes.add(measure(client.delete(f"/{tag}/6")))
    kind, body = multipart({**carried(form.page), "b": "add"}, {f"{n}.txt": b"" for n in range(50)})
    sizes.add(measure(client.post(f"/{tag}/57", data=body, content_type=kind)))
    put_services(app, room=make_room(database=0))
    sizes |= {measure(form.press(f5="self")), measure(form.press("keep", s="6"))}
    sizes |= {measure(client.get(f"/{tag}/{code}")) for code in ("5", "57", "6", "67")}
    assert sizes == {(HEADER_ROOM, FORM)}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("story", ["long", "wide", "marks", "far too long"])
def test_a_page_that_hands_back_a_long_story_has_the_one_other_size(
    client: FlaskClient, app: Flask, sending: Instance, tag: str, story: str
) -> None:
    told = {**STORIES, "far too long": "They sleep in the kitchen. " * 9_000}[story]
    form = Form(client, f"/{tag}/5")
    form.page = client.post(f"/{tag}/5", data={"f5": "self"})
    form.press("6", s="6")
    sizes = {measure(form.press("stay", f8=told, s="7"))}
    sizes.add(measure(form.press("stay", f8=told + "\ufffd", s="7")))
    if story != "far too long":
        assert told.strip() in text(form.press("stay", f8=told, s="7")).replace("\r\n", "\n")
        assert measure(form.press("tongues", f8=told, s="7"))[1] == FORM
        assert told.strip() in text(form.press("keep"))
    put_services(app, room=make_room(database=0))
    sizes.add(measure(form.press("next", f8=told, s="7")))
    assert sizes == {(HEADER_ROOM, ECHO)}


def fill_thread(instance: Instance, receipt: Receipt, count: int, words: str) -> None:
    """The desk writes so many messages, a second apart."""
    begin_write(instance.session)
    for number in range(count):
        new = NewMessage.from_text("desk", f"{number} {words}"[:5_000], b"%d" % number, "my")
        moment = NOW + timedelta(seconds=number)
        mailbox.say(instance.act("Bela", moment), instance.report(receipt), new)
    instance.session.commit()


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (2, "Call us."), (40, "Call us."), (3, STORIES["wide"] * 2)]
)
def test_a_thread_of_any_length_has_one_size(
    client: FlaskClient, app_instance: Instance, tag: str, count: int, words: str
) -> None:
    receipt = app_instance.send()
    fill_thread(app_instance, receipt, count, words)
    form = Form(client, f"/{tag}/6")
    sizes = {measure(form.page), measure(form.press("open", c=receipt.code.grouped))}
    sizes |= {measure(form.press("", e=page)) for page in ("2", "3", "9999", "0", "x", "-1")}
    sizes |= {measure(form.press(button)) for button in ("tongues", "stay", "erase", "tongues")}
    sizes.add(measure(form.press("send", m="")))
    sizes.add(measure(form.press("files", path=f"/{tag}/67")))
    sizes.add(measure(form.press("tongues", path=f"/{tag}/67")))
    sizes.add(measure(form.press("send", m="We moved.")))
    sizes.add(measure(form.press("erased")))
    assert sizes == {(HEADER_ROOM, FORM)}


def test_every_word_of_a_long_thread_is_on_one_of_its_pages(
    client: FlaskClient, app_instance: Instance
) -> None:
    receipt = app_instance.send()
    words = [f"{number:05}" for number in range(800)]
    fill_thread(app_instance, receipt, 9, " ".join(words))
    form = opened(client, receipt)
    pages = [text(form.page)]
    while earlier := re.search(r'name="e" value="(\d+)">Earlier', pages[-1]):
        pages.append(text(form.press("", e=earlier[1])))
    assert len(pages) > 3
    said = re.findall(
        r"\b\d{5}\b", " ".join(re.findall(r'dir="auto"[^>]*>([^<]*)', "".join(pages)))
    )
    assert sorted(said) == sorted(words * 9)
    assert "Part 1 of" not in pages[0]
    back = pages[-1]
    while later := re.search(r'name="e" value="(\d+)">Later', back):
        back = text(form.press("", e=later[1]))
    assert re.findall("<h2>.*", back) == re.findall("<h2>.*", pages[0])


@pytest.mark.parametrize("tag", TAGS)
def test_a_long_message_that_comes_back_has_the_one_other_size(
    client: FlaskClient, app: Flask, app_instance: Instance, tag: str
) -> None:
    receipt = app_instance.send()
    fill_thread(app_instance, receipt, 9, STORIES["wide"])
    form = Form(client, f"/{tag}/6")
    form.press("open", c=receipt.code.grouped)
    page = form.page
    sizes = set()
    for message in ("&" * 5_000, STORIES["wide"][:5_000] * 2, "far too long " * 9_000):
        for button in ("look", "send", "tongues", "files"):
            form.page = page
            path = f"/{tag}/67" if button == "files" else ""
            if button != "send" or len(message) > 5_000:
                sizes.add(measure(form.press(button, path=path, m=message)))
    form.page = page
    assert markup.escape("&" * 5_000) in form.press("look", m="&" * 5_000).text
    put_services(app, room=make_room(database=0))
    sizes.add(measure(form.press("send", m="&" * 5_000)))
    assert sizes == {(HEADER_ROOM, ECHO)}


@pytest.mark.parametrize("tag", TAGS)
def test_every_shared_page_and_failure_has_one_size_packed_or_not(
    client: FlaskClient, app: Flask, tag: str
) -> None:
    for encoding, size in (("gzip", SHARED), ("identity", ECHO)):
        asked = {"Accept-Encoding": encoding, "Accept-Language": tag}
        pages = ["/", "/none", f"/{tag}/zz", f"/{tag}/20", f"/{tag}/9", f"/{tag}/b0", f"/{tag}/bz"]
        pages += [path for path in list_addresses(app) if path.startswith(f"/{tag}/")]
        sizes = {path: measure(client.get(path, headers=asked)) for path in pages}
        sizes["405"] = measure(client.put(f"/{tag}/1", headers=asked))
        sizes["403"] = measure(
            client.post(f"/{tag}/9", headers={**asked, "Sec-Fetch-Site": "cross-site"})
        )
        assert {*sizes.values()} == {(HEADER_ROOM, size)}, sizes


@pytest.fixture
def wide(make_app: Callable[..., Flask]) -> Iterator[tuple[FlaskClient, Instance, Flask]]:
    """An instance of forty-five languages, two of them with texts as long as there are."""
    with many_languages():
        app = make_app(WAYSIDE_LANGUAGES=list_tags())
        app.test_client_class = AtSite
        with make_session_factory(get_services(app).engine)() as session:
            made = founded(session, get_services(app).vault)
            mark_stores(session, {FILES: get_services(app).store})
            yield app.test_client(), made, app


@pytest.mark.parametrize("tag", WIDE)
def test_with_forty_five_languages_every_page_fits_in_the_longest_one(
    wide: tuple[FlaskClient, Instance, Flask], clock: Clock, tag: str
) -> None:
    client, instance, app = wide
    assert len(get_services(app).languages.offered) == 45
    sizes: set[Any] = set()
    for door in DOORS:
        form = walk(client, tag, door, STORIES["wide"], sizes)
        sizes.add(measure(form.press("tongues")))
        assert text(form.page).count('formaction="/') == 44
        form.press("keep", path="/qaa/5")
        form.press("keep", path=f"/{tag}/5")
        assert 'value="send"' in text(form.page)
        for slot in range(1, 11):
            sent = {**carried(form.page), "s": "15", "b": "add"}
            kind, body = multipart(sent, {"\u101b\u1032" * 45 + f"{slot}.txt": b"a"})
            form.page = client.post(f"/{tag}/57", data=body, content_type=kind)
        sizes |= {measure(form.page), measure(form.press("16"))}
        clock.forward(minutes=1)
        sizes.add(measure(form.press("send")))
    for told in ("\u101b\u1032 " * 9_000, STORIES["wide"], "&" * 8_000):
        form = Form(client, f"/{tag}/5")
        form.page = client.post(f"/{tag}/5", data={"f5": "self"})
        sizes.add(measure(form.press("stay", f8=told + "\ufffd", s="7")))
        put_services(app, room=make_room(database=0))
        sizes.add(measure(form.press("next", f8=told, s="7")))
        put_services(app, room=make_room())
    receipt = instance.send(clock.now)
    fill_thread(instance, receipt, 9, STORIES["wide"])
    box = Form(client, f"/{tag}/6")
    box.press("open", c=receipt.code.grouped)
    sizes |= {measure(box.press("", e=f"{number}")) for number in range(1, 9)}
    sizes |= {measure(box.press(button)) for button in ("tongues", "erase", "stay")}
    assert {size for size in sizes if size[1] != ECHO} == {(HEADER_ROOM, FORM)}
    packed = {"Accept-Encoding": "gzip", "Accept-Language": tag}
    pages = ["/", f"/{tag}/zz", *(one for one in list_addresses(app) if one.startswith(f"/{tag}/"))]
    assert {measure(client.get(path, headers=packed))[1] for path in pages} == {SHARED}


def test_the_reply_can_be_wanted_in_each_of_forty_five_languages(
    wide: tuple[FlaskClient, Instance, Flask],
) -> None:
    client, _instance, _app = wide
    client.post("/bn/5", data={"f5": "witness"})
    form = Form(client, "/bn/5")
    form.press(f5="witness")
    page = text(form.press("14"))
    assert measure(form.page) == (HEADER_ROOM, FORM)
    offered = [value for name, value in RADIO.findall(page) if name == "f31"]
    assert {"bn", "my", "qaa", "ar"} <= set(offered)


def test_a_page_that_does_not_fit_is_named_in_the_log_and_another_one_comes(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    whole = "<!doctype html><html lang=en dir=ltr><title>Info</title><h1>a</h1><p>{{ words }}</p>"
    plain = app.test_client(use_cookies=False)

    def answer(words: str) -> Callable[..., str]:
        return lambda **_: render_template_string(whole, words=words)

    sizes = []
    for length in (FORM, ECHO):
        app.view_functions["report.start"] = answer("secret " * (length // 7))
        page = plain.get("/en/5", base_url="https://site.test")
        sizes.append((page.status_code, *measure(page)))
    assert sizes == [(200, HEADER_ROOM, ECHO), (500, HEADER_ROOM, FORM)]
    assert b'data-exit href="/x"' in page.data
    with caplog.at_level(logging.ERROR):
        noise = "".join(chr(0x4E00 + hash((7, at)) % 9_000) for at in range(9_000))
        app.view_functions["info.show_home"] = lambda **_: render_shared_page(lambda: noise)
        page = plain.get("/en/1", base_url="https://site.test", headers={"Accept-Encoding": "gzip"})
    assert (page.status_code, *measure(page)) == (500, HEADER_ROOM, SHARED)
    assert b'href="/x"' in gzip.decompress(page.data)
    assert "event=page_too_large page=5" in caplog.text
    assert "event=page_too_large page=1" in caplog.text
    assert "secret" not in caplog.text
