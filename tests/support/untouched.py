"""What a browser sends for a form that nobody touched, read from the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib


def untouched(page: str, action: str) -> dict[str, list[str]]:
    """The successful controls of the form whose address ends with `action`.

    As the HTML standard, "Constructing the entry list": hidden and typed fields, ticked boxes, text
    areas with the line ends of a browser, and what is selected; no buttons. Raises `LookupError`
    where the page has no such form.
    """
    document = html5lib.parse(page, namespaceHTMLElements=False)
    for form in document.iter("form"):
        if form.get("action", "").endswith(action):
            return _entries(form)
    raise LookupError(action)


def buttons(page: str, action: str) -> list[tuple[str, str]]:
    """Name and value of each button that sends this form, in their order."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    return [
        (button.get("name", ""), button.get("value", ""))
        for form in document.iter("form")
        if form.get("action", "").endswith(action)
        for button in form.iter("button")
    ]


def _entries(form: Element) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for control in form.iter():
        name = control.get("name")
        if name and control.get("disabled") is None:
            for value in _values(control):
                told.setdefault(name, []).append(value)
    return told


def _values(control: Element) -> Iterator[str]:
    if control.tag == "textarea":
        yield (control.text or "").replace("\r\n", "\n").replace("\n", "\r\n")
    elif control.tag == "select":
        every = list(control.iter("option"))
        chosen = [each for each in every if each.get("selected") is not None] or every[:1]
        yield from (each.get("value", each.text or "") for each in chosen)
    elif control.tag == "input":
        kind = control.get("type")
        if kind not in ("checkbox", "radio") or control.get("checked") is not None:
            yield control.get("value", "on" if kind == "checkbox" else "")
