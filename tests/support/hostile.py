"""Hostile forms: real ones, read from pages, changed a little and written as no browser does.

A form that is nearly right reaches much further than noise, so each begins as a page offers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import html5lib
from hypothesis import strategies as st

LINES = (
    "x\r\nSet-Cookie: zxinjected=1",
    "x\nX-Injected: zxinjected",
    "x\r\n\r\n<script>zxinjected</script>",
    "x\u2028X-Injected: zxinjected",
    "x\u560d\u560aSet-Cookie: zxinjected=1",
    "x\r X-Injected: zxinjected",
)
NASTY = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\uffff",
    "\U0010ffff",
    "\u202e\u2066",
    "9" * 30,
    "9" * 5_000,
    "-1",
    "1e999",
    "NaN",
    "0x10",
    "٣٤٥",
    "true",
    "null",
    "[]",
    "{}",
    "..",
    "../../etc/passwd",
    "%00",
    "%s%n%x",
    "{{7*7}}",
    "${7*7}",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "00000000-0000-0000-0000-000000000000",
    "99999999999999999999.2027-03-10.00000000000000000000000000000000",
    "1.9999-99-99.x",
    "-9223372036854775809.2027-03-10.00000000000000000000000000000000",
    "a" * 3_000,
    "ب" * 3_000,
)
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=line"
KINDS = (
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\u00e9",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/mixed; boundary=line",
    "application/json",
    "text/plain; charset=utf-7",
    FORM + "; charset=utf-16",
    "x" * 300,
    "",
)
values = st.sampled_from((*NASTY, *LINES)) | st.text(max_size=40)


@dataclass(frozen=True)
class Seen:
    """One form as a page offers it: where it goes, how, and each name with all its values."""

    method: str
    path: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    kind: str
    body: bytes


def forms_of(page: str, here: str) -> Iterator[Seen]:
    """Every form of a page, its buttons among its fields; one more for each button's own place."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    controls: dict[Element, list[Element]] = {form: [] for form in document.iter("form")}
    by_id = {form.get("id"): form for form in controls}
    for form in controls:
        controls[form] += [each for each in form.iter() if each.get("form") is None]
    for each in document.iter():
        if each.get("form") in by_id:
            controls[by_id[each.get("form")]].append(each)
    for form, inside in controls.items():
        told: dict[str, list[str]] = {}
        places = {form.get("action") or here}
        for each in inside:
            if each.get("formaction"):
                places.add(each.get("formaction", ""))
            if each.get("name"):
                told.setdefault(each.get("name", ""), []).extend(_values(each))
        fields = tuple((name, tuple(dict.fromkeys(of)) or ("",)) for name, of in told.items())
        for place in sorted(places):
            yield Seen(form.get("method", "get").upper(), place, fields)


def _values(control: Element) -> list[str]:
    if control.tag == "select":
        return [each.get("value", each.text or "") for each in control.iter("option")]
    return [control.text or "" if control.tag == "textarea" else control.get("value", "on")]


@st.composite
def requests(draw: st.DrawFn, forms: Sequence[Seen]) -> Request:
    """One of these forms with up to four changes, well or badly written."""
    form = draw(st.sampled_from(forms))
    own = dict(form.fields)
    pairs = [(name, of[0]) for name, of in form.fields]
    for _ in range(draw(st.integers(0, 4)) if pairs else 0):
        at = draw(st.integers(0, len(pairs) - 1))
        name, told = pairs[at]
        change = draw(st.sampled_from(("own", "own", "hostile", "hostile", "again", "name", "out")))
        if change == "own":
            pairs[at] = (name, draw(st.sampled_from(own.get(name, ("",)))))
        elif change == "hostile":
            pairs[at] = (name, draw(values))
        elif change == "again":
            pairs.insert(at, (name, draw(values)))
        elif change == "name":
            pairs[at] = (draw(values), told)
        elif len(pairs) > 1:
            del pairs[at]
    if form.method == "GET":
        query = urlencode(pairs, errors="surrogatepass")
        return Request("GET", f"{form.path}?{query}", "", b"")
    kind, body = draw(_written(pairs))
    return Request("POST", form.path, kind, body)


@st.composite
def _written(draw: st.DrawFn, pairs: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
    plain = urlencode(pairs, errors="surrogatepass").encode()
    way = draw(st.sampled_from(("plain", "plain", "parts", "parts", "cut", "bytes", "kind")))
    if way == "plain":
        return FORM, plain
    if way == "bytes":
        return FORM, plain + b"&" + draw(st.binary(max_size=60))
    if way == "kind":
        return draw(st.sampled_from(KINDS)), draw(st.sampled_from((plain, parts(pairs, []))))
    files = draw(st.lists(st.tuples(st.sampled_from(("u", "f8", "")), values), max_size=3))
    body = parts(pairs, [(name, of, draw(st.binary(max_size=60))) for name, of in files])
    if way == "cut":
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=8)) + body[at + draw(st.integers(0, 40)) :]
    return MULTIPART, body


def parts(pairs: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A form in parts, nothing escaped: a name may break its line."""
    told = [(f'name="{name}"', value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    told += [(f'name="{name}"; filename="{of}"', data) for name, of, data in files]
    line = b"--line\r\nContent-Disposition: form-data; "
    written = (
        line + head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + data + b"\r\n"
        for head, data in told
    )
    return b"".join(written) + b"--line--\r\n"
