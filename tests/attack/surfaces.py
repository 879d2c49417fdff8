"""What `make attack` sends to each surface: real requests, changed by chance from a seed.

An input is made from the seed, the name of its surface and its number alone, so that a finding is
sent again by naming these three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Final
from urllib.parse import urlencode

from tests.support import files
from tests.support.hostile import FORM, KINDS, LINES, MULTIPART, NASTY, Request, Seen, parts
from tests.support.hostile_site import Target

PARTS: Final = "application/offset+octet-stream"
_LETTERS: Final = "aZ09 _-.,;:/\\\"'<>&%\x00\n\r\u00e9\u0130\u200f\u202e\ufeff\U0001f600٣中"
_MAILBOX: Final = ("/6", "/67")
_REPORT: Final = ("/57",)


@dataclass(frozen=True)
class Shot:
    """One input: who sends it, what, and its headers; or the arguments of a command, and a file."""

    who: str
    request: Request | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    file: bytes = b""


Maker = Callable[[Random, Target], Shot]


def make_shot(seed: int, surface: str, number: int, target: Target) -> Shot:
    """Returns one input; the same for the same seed, surface and number."""
    return SURFACES[surface](Random(f"{seed} {surface} {number}"), target)


@cache
def _make_file(kind: str) -> bytes:
    """Made once: a maker may write the moment into a file."""
    return files.MAKERS[kind]()


def _text(chance: Random) -> str:
    if chance.random() < 0.5:
        return chance.choice((*NASTY, *LINES))
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(40)))


def _change(chance: Random, form: Seen) -> list[tuple[str, str]]:
    """Returns the fields of a form with up to four changes."""
    pairs = [(name, chance.choice(of)) for name, of in form.fields]
    for _ in range(chance.randrange(5) if pairs else 0):
        at = chance.randrange(len(pairs))
        change = chance.randrange(5)
        if change < 2:
            pairs[at] = (pairs[at][0], _text(chance))
        elif change == 2:
            pairs.insert(at, (pairs[at][0], _text(chance)))
        elif change == 3:
            pairs[at] = (_text(chance), pairs[at][1])
        elif len(pairs) > 1:
            del pairs[at]
    return pairs


def _send(chance: Random, form: Seen, *, more: Sequence[tuple[str, str, bytes]] = ()) -> Request:
    pairs = _change(chance, form)
    plain = urlencode(pairs, errors="surrogatepass").encode()
    if form.method == "GET":
        return Request("GET", f"{form.path}?{plain.decode()}", "", b"")
    way = 3 if more else chance.randrange(6)
    if way < 3:
        return Request("POST", form.path, FORM, plain)
    body = parts(pairs, more)
    if way == 4:
        at, end = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        body = body[:at] + chance.randbytes(chance.randrange(9)) + body[end:]
    if way == 5:
        return Request("POST", form.path, chance.choice(KINDS), chance.choice((plain, body)))
    return Request("POST", form.path, MULTIPART, body)


def _choose(chance: Random, target: Target, who: str, ends: Sequence[str], *, out: bool) -> Seen:
    """Returns a form of somebody whose address has one of these ends, or with `out` none."""
    found = [f for f in target.forms[who] if f.path.endswith(tuple(ends)) != out]
    return chance.choice(found)


def _forms(chance: Random, target: Target) -> Shot:
    form = _choose(chance, target, "public", (*_MAILBOX, *_REPORT), out=True)
    return Shot("nobody", _send(chance, form))


def _mailbox(chance: Random, target: Target) -> Shot:
    return Shot("nobody", _send(chance, _choose(chance, target, "public", _MAILBOX, out=False)))


def _uploads(chance: Random, target: Target) -> Shot:
    """A form with files: cleaned ones with bytes turned over, cut, or of no kind at all."""
    form = _choose(chance, target, "public", ("/57", "/67"), out=False)
    coming = []
    for _ in range(chance.randrange(1, 4)):
        data = bytearray(_make_file(chance.choice(sorted(files.MAKERS))))
        for _ in range(chance.randrange(6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = len(data) if chance.random() < 0.5 else chance.randrange(len(data) + 1)
        coming.append((chance.choice(("u", "u", "u", "f8", "")), _text(chance), bytes(data[:cut])))
    return Shot("nobody", _send(chance, form, more=coming))


def _tus(chance: Random, target: Target) -> Shot:
    tokens = [of[0] for form in target.forms["public"] for name, of in form.fields if name == "t"]
    told = {
        "X-T": chance.choice((*tokens, _text(chance))),
        "Upload-Length": chance.choice(("5", "200000", _text(chance))),
        "Upload-Offset": chance.choice(("0", "5", _text(chance))),
        "Upload-Metadata": chance.choice(("filename YQ==", "filename Y,,=", _text(chance))),
    }
    headers = {
        name: "".join(c for c in value if c.isprintable() and ord(c) < 256)
        for name, value in told.items()
        if chance.randrange(6)
    }
    method = chance.choice(("POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "PUT"))
    path = f"/en/{chance.choice(('57', '67'))}{chance.choice(('', 'a', 'b', 'j', 'k'))}"
    body = chance.randbytes(chance.randrange(200))
    kind = chance.choice((PARTS, PARTS, FORM))
    return Shot("nobody", Request(method, path, kind, body), headers)


def _sign_in(chance: Random, target: Target) -> Shot:
    form = Seen(
        "POST",
        chance.choice(("/desk/sign-in", "/desk/recover", "/desk/setup", "/desk/passkey")),
        (
            ("name", ("Bela", "Dana", "nobody")),
            ("password", ("correct horse", "")),
            ("code", ("123456", "٣٤٥٦٧٨", "ABCD-EFGH-IJKL-MNOP")),
            ("csrf", ("",)),
            ("link", ("a" * 43,)),
        ),
    )
    return Shot("nobody", _send(chance, form))


def _portal(chance: Random, target: Target) -> Shot:
    found = [form for form in target.forms["Lia"] if form.path.startswith("/desk/portal")]
    return Shot("Lia", _send(chance, chance.choice(found)))


def _acknowledgement(chance: Random, target: Target) -> Shot:
    fields = (
        ("code", ("a" * 43, "A.b", "1-2-3")),
        ("kind", ("acknowledged", "accepted", "declined")),
        ("text", ("Thank you.", "")),
    )
    return Shot("nobody", _send(chance, Seen("POST", "/desk/received", fields)))


def _commands(chance: Random, target: Target) -> Shot:
    """The arguments and the key files of commands that take what others have sent."""
    key = bytearray(chance.choice(KEYS))
    for _ in range(chance.randrange(6)):
        key[chance.randrange(len(key))] = chance.randrange(256)
    cut = bytes(key[: chance.randrange(len(key) + 1)]) if chance.random() < 0.4 else bytes(key)
    words = tuple(_text(chance).replace("\x00", "") for _ in range(2))
    arguments = ("contact-set", chance.choice(("be-payoke", words[0])), "--key", KEY_FILE)
    email = chance.choice(("desk@example.org", words[1]))
    smime = ("--smime",) if chance.random() < 0.5 else ()
    return Shot("nobody", arguments=(*arguments, f"--email={email}", *smime), file=cut)


KEY_FILE: Final = "{file}"
"""Stands in the arguments of a command for the file of its input."""
KEYS: Final[list[bytes]] = []
"""Keys that are sound until they are changed: put here by who attacks."""
SURFACES: Final[Mapping[str, Maker]] = {
    "forms": _forms,
    "uploads": _uploads,
    "tus": _tus,
    "mailbox": _mailbox,
    "sign-in": _sign_in,
    "portal": _portal,
    "acknowledgement": _acknowledgement,
    "commands": _commands,
}
