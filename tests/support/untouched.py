"""What a browser sends for a form that nobody touched, read from the page itself."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib


def untouched(page: str, action: str) -> dict[str, list[str]]:
    """The successful controls of the form whose address ends with `action`.

    As the HTML standard, "Constructing the entry list": hidden and typed fields, ticked boxes and
    text areas; no buttons. Raises `LookupError` where the page has no such form.
    """
    document = html5lib.parse(page, namespaceHTMLElements=False)
    for form in document.iter("form"):
        if form.get("action", "").endswith(action):
            return _entries(form)
    raise LookupError(action)


def _entries(form: Element) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for control in form.iter():
        name = control.get("name")
        if not name or control.tag not in ("input", "textarea"):
            continue
        if control.get("type") in ("checkbox", "radio") and control.get("checked") is None:
            continue
        value = control.get("value", "") if control.tag == "input" else control.text or ""
        told.setdefault(name, []).append(value)
    return told
