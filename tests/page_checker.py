"""What every page must be, checked on each answer that any test fetches.

`check` looks at one answer: its headers whatever it is, and its markup when it is a page. A test
needs to do nothing for it; a page that breaks a promise fails whichever test met it first.
"""

from __future__ import annotations

import gzip
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
from werkzeug.test import TestResponse

SHARED, FORM, ECHO = 12_544, 25_088, 50_176
FORMS = re.compile(r"/[^/]+/[56]7?")
"""The addresses of the report and the mailbox."""
SCRIPTS = 2
HEADERS = (
    "Content-Security-Policy",
    "Permissions-Policy",
    "Strict-Transport-Security",
)
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
CSP_NEEDS = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
NEUTRAL_TITLE = re.compile(r"[^\s]{1,30}( [0-9a-z]{1,3})?")
NEUTRAL_PATH = re.compile(r"/|/x|/s/[0-9a-f]{12}\.\w+|/[a-z]{2,3}(-[A-Za-z0-9]+)*/[0-9a-z]{0,3}")
RANDOM = re.compile(r"\w[\w-]{41,}\w", re.ASCII)
"""Tokens and filling: all that differs between two pages that are alike."""
LOADS = {"src", "action", "formaction", "data", "poster", "srcset"}
TYPED = (None, "text", "password", "checkbox", "radio", "file")
"""Kinds of input in which Enter sends the form."""
ALLOWED_COOKIES = {"public": ("__Host-g",), "desk": ("__Host-s", "__Host-d", "__Host-p")}


class PageFault(AssertionError):
    """A page broke a promise that all pages make."""


def check(response: TestResponse) -> None:
    """Raise `PageFault` with every fault of one answer."""
    desk = response.request.path.startswith("/desk")
    faults = list(header_faults(response, desk=desk))
    redirects = 300 <= response.status_code < 400
    if response.mimetype == "text/html" and not redirects and response.request.method != "HEAD":
        body = response.data
        if not desk:
            faults += size_faults(response)
        packed = response.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(body) if packed else body).decode()
        if "<html" in text:
            faults += page_faults(text, desk=desk)
    if faults:
        where = f"{response.request.method} {response.request.path} ({response.status_code})"
        raise PageFault(f"{where}: " + "; ".join(faults))


def header_faults(response: TestResponse, *, desk: bool) -> Iterator[str]:
    """What is missing, wrong or told in the headers of an answer of either face."""
    headers = response.headers
    for name in HEADERS:
        if name not in headers:
            yield f"no {name}"
    for name, value in EXACTLY.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)!r}"
    csp = headers.get("Content-Security-Policy", "")
    if "unsafe" in csp or any(need not in csp for need in CSP_NEEDS):
        yield f"the policy is {csp!r}"
    if any(name.lower().startswith("access-control-") for name, _value in headers):
        yield "another origin is let in"
    if headers.get("Server") or "X-Powered-By" in headers:
        yield "the server tells what it is"
    static = response.request.path.startswith("/s/") and response.status_code == 200
    if not static and "no-store" not in headers.get("Cache-Control", ""):
        yield "it may be stored"
    if not static and ("ETag" in headers or "Last-Modified" in headers):
        yield "it can be asked for again by its mark"
    for cookie in headers.getlist("Set-Cookie"):
        yield from cookie_faults(cookie, desk=desk)


def cookie_faults(cookie: str, *, desk: bool) -> Iterator[str]:
    """A cookie must be one of its face, and locked to this host."""
    name, *attributes = (part.strip() for part in cookie.split(";"))
    allowed = ALLOWED_COOKIES["desk" if desk else "public"]
    if name.split("=")[0] not in allowed:
        yield f"the cookie {name.split('=')[0]} is not one of {allowed}"
    for needed in ("Secure", "HttpOnly", "Path=/"):
        if needed not in attributes:
            yield f"a cookie without {needed}"
    if not any(attribute.startswith("SameSite=") for attribute in attributes):
        yield "a cookie without SameSite"


def size_faults(response: TestResponse) -> Iterator[str]:
    """A public page has the size of its class, and a form is never packed."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    if FORMS.fullmatch(response.request.path):
        sizes = () if packed else (FORM, ECHO)
    else:
        # What was made at the start, for when no page can be made, is never packed.
        sizes = (SHARED,) if packed else (ECHO, SHARED) if response.status_code >= 500 else (ECHO,)
    if len(response.data) not in sizes:
        yield f"{len(response.data)} bytes {'packed' if packed else 'plain'}: not of {sizes}"


def page_faults(text: str, *, desk: bool) -> list[str]:
    """What is wrong with the markup of a whole page; a page like one before is known already."""
    return list(_faults_of(RANDOM.sub("x" * 43, text), desk))


@lru_cache(maxsize=512)
def _faults_of(text: str, desk: bool) -> tuple[str, ...]:
    return tuple(_markup_faults(text, desk=desk))


def _markup_faults(text: str, *, desk: bool) -> Iterator[str]:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = parser.parse(text)
    for (line, _column), code, _values in parser.errors:
        yield f"not valid HTML in line {line}: {code}"
    if root.get("lang", "") == "" or root.get("dir") not in ("ltr", "rtl"):
        yield "no lang or dir on <html>"
    if len(list(root.iter("h1"))) != 1:
        yield f"{len(list(root.iter('h1')))} h1"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    if len(ids) != len(set(ids)):
        yield f"ids used twice: {sorted({str(name) for name in ids if ids.count(name) > 1})}"
    yield from _loads_elsewhere(root)
    yield from _label_faults(root, set(ids))
    yield from _enter_faults(root)
    if not desk:
        yield from _public_faults(root)


def _loads_elsewhere(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            loads = name in LOADS or (element.tag == "link" and name == "href")
            outside = urlsplit(value).netloc or urlsplit(value).scheme not in ("", "data")
            if loads and outside:
                yield f"<{element.tag} {name}> loads from elsewhere: {value}"
            if name.startswith("on") or name == "style":
                yield f"<{element.tag} {name}>: nothing is inline"
        inline = element.tag == "style" or (element.tag == "script" and "src" not in element.attrib)
        if inline:
            yield f"an inline <{element.tag}>"


def _find_unseen(root: ElementTree.Element) -> set[int]:
    """What nobody sees: all that is in a part with `hidden`."""
    return {id(one) for part in root.iter() if "hidden" in part.attrib for one in part.iter()}


def _label_faults(root: ElementTree.Element, ids: set[str | None]) -> Iterator[str]:
    labelled = {label.get("for") for label in root.iter("label")}
    unseen = _find_unseen(root)
    for kind in ("input", "textarea", "select"):
        for field in root.iter(kind):
            if field.get("type") in ("hidden", "submit") or "aria-label" in field.attrib:
                continue
            if id(field) in unseen:
                continue
            if field.get("id") not in labelled:
                yield f"the field {field.get('name')} has no label"
    for element in root.iter():
        for name in (element.get("aria-describedby") or "").split():
            if name not in ids:
                yield f"aria-describedby names {name}, which is not there"


def _enter_faults(root: ElementTree.Element) -> Iterator[str]:
    """Enter in a field presses the first button of its form, which must do what the form is for."""
    for form in root.iter("form"):
        fields = [field for field in form.iter("input") if field.get("type") in TYPED]
        buttons = [one for one in form.iter("button") if one.get("type", "submit") == "submit"]
        if fields and buttons and {"formaction", "formnovalidate"} & set(buttons[0].attrib):
            yield f"Enter in {fields[0].get('name')} does not send its form, but goes elsewhere"


def _public_faults(root: ElementTree.Element) -> Iterator[str]:
    title = root.findtext("head/title") or ""
    if not NEUTRAL_TITLE.fullmatch(title):
        yield f"the title {title!r} is not neutral"
    links = list(root.iter("a"))
    exits = [at for at, link in enumerate(links) if "data-exit" in link.attrib]
    if len(exits) != 1 or links[exits[0]].get("href") != "/x":
        yield "no exit, or more than one"
    elif exits[0] > 1:
        yield f"the exit is number {exits[0] + 1} in the tab order"
    for link in links:
        address = urlsplit(link.get("href", ""))
        if address.netloc:
            if "noreferrer" not in link.get("rel", ""):
                yield f"a link to {address.netloc} without noreferrer"
            if link.get("target"):
                yield f"a link to {address.netloc} opens a new tab"
        elif address.scheme in ("tel", "sms", "mailto") or (not address.path and address.fragment):
            continue
        elif address.query or not NEUTRAL_PATH.fullmatch(address.path):
            yield f"the address {link.get('href')} is not neutral"
    for form in root.iter("form"):
        if form.get("autocomplete") != "off":
            yield "a form without autocomplete=off"
        if form.get("method", "get").lower() != "post":
            yield "a form that puts its answers into the address"
    yield from _direction_faults(root)
    kinds = [(link.get("rel"), link.get("href", "")) for link in root.iter("link")]
    if [kind for kind, _address in kinds] != ["stylesheet", "icon"]:
        yield f"it asks for other files than all pages do: {kinds}"
    if len(list(root.iter("script"))) != SCRIPTS or list(root.iter("img")):
        yield "it asks for other files than all pages do"


def _direction_faults(root: ElementTree.Element) -> Iterator[str]:
    """A number plate typed on an Arabic page stands in its own order, not in that of the page."""
    lines = [field for field in root.iter("input") if field.get("type") in (None, "text")]
    unseen = _find_unseen(root)
    for field in [*lines, *root.iter("textarea")]:
        if id(field) not in unseen and "dir" not in field.attrib:
            yield f"the field {field.get('name')} takes the direction of the page"
