"""Filling in the public forms without a browser: what a page carries goes back with the answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reports.intake.submit import Receipt

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_CODE = re.compile(r'class="code" dir="ltr">([\d ]+)<')
STORY = "They sleep in the kitchen."
ANSWERS: tuple[Mapping[str, str], ...] = (
    {"f5": "witness"},
    {"f1": "BE", "f3": "Fish market"},
    {"f2": "brussels"},
    {"f7": "no"},
    {"f4": "labour"},
    {"f8": STORY},
    {},
    {"f6": "adult", "b": "end"},
)
"""The short way of a witness, page by page; the last one leaves out the questions that are left."""
DANGER_PAGE, STORY_PAGE, REVIEW_PAGE = 4, 6, 9


def text(page: TestResponse) -> str:
    """The words of a page as people see them, its typed values included."""
    return unescape(page.get_data(as_text=True).rpartition("<!--")[0])


def carried(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return fields_in(page.get_data(as_text=True))


def code_on(page: TestResponse) -> str:
    """The receipt code that the page shows."""
    found = code_in(page.get_data(as_text=True))
    assert found, "the page shows no receipt code"
    return found


def fields_in(html: str) -> dict[str, str]:
    """The hidden fields of a form, from the text of its page."""
    return dict(_HIDDEN.findall(html))


def code_in(html: str) -> str | None:
    """The receipt code in the text of a page; None where it shows none."""
    found = _CODE.search(html)
    return found.group(1) if found else None


def multipart(fields: Mapping[str, str], files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """A form with files as browsers write it: its content type, and its body."""
    line, parts = b"--wayside", []
    for name, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for name, data in files.items():
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'Content-Disposition: form-data; name="u"; filename="{quoted}"\r\n\r\n'
        parts.append(head.encode() + data)
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return "multipart/form-data; boundary=wayside", body


class Form:
    """One person's way through a form; `page` is what they see now."""

    def __init__(self, client: FlaskClient, path: str = "/en/5") -> None:
        self.client = client
        self.path = path
        self.page = client.get(path)

    def press(self, button: str = "next", path: str = "", **answers: str) -> TestResponse:
        """Send the page's form with `answers`; the page that follows."""
        fields = {**carried(self.page), "b": button, **answers}
        self.page = self.client.post(path or self.path, data=fields)
        return self.page

    def to_step(self, number: int) -> TestResponse:
        """Answer every page before the one with this number (1 is the first)."""
        for answers in ANSWERS[: number - 1]:
            self.press(**answers)
        return self.page


def opened(client: FlaskClient, receipt: Receipt) -> Form:
    """The mailbox of this report, its thread on the screen."""
    form = Form(client, "/en/6")
    form.press("open", c=receipt.code.grouped)
    assert "Your mailbox" in text(form.page)
    return form
