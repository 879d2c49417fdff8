"""Whole answers of pages that are the same for everybody, given again without the application.

A page that is kept (`webapp/site/padded_response.py`) still passes every step of the framework, in
a thread that it waits for. Its answer depends on nothing but what `make_key` takes, so it is kept
as well, with everything that its steps added, and given out at once: also while every thread waits
for something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from webapp.site.padded_response import KEPT_FOR, KeptFor

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

MOST_BYTES: Final = 64 * 1024 * 1024
"""Memory for the answers kept at a time. Whoever invents hosts and headers only empties it."""
EACH: Final = 4096
"""Memory that an answer takes beside its bytes and those of what it depends on, about."""
NEVER: Final = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_UPGRADE", "CONTENT_LENGTH")
"""With one of these a request goes to the application: after an exit, for one, there is a cookie
and no page."""
PARTS: Final = (
    "PATH_INFO",
    "HTTP_HOST",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PREFIX",
)
"""What the steps of a public page look at, and no more: faces, onion address, packing."""

Answer = TypeVar("Answer")
Key = tuple[str, ...]


@dataclass(frozen=True)
class _Held(Generic[Answer]):
    kept_for: KeptFor
    answer: Answer
    size: int


class KeptAnswers(Generic[Answer]):
    """The answers of one process. `read_state` says what a page may be kept for at this moment, or
    None where the application is to look first whether something has changed; `measure` says how
    many bytes an answer has, or None for one that must not be given again, such as a failure."""

    def __init__(
        self,
        read_state: Callable[[], tuple[int, datetime] | None],
        measure: Callable[[Answer], int | None],
    ) -> None:
        self._read_state = read_state
        self._measure = measure
        self._held: dict[Key, _Held[Answer]] = {}
        self._size = 0

    def find(self, environ: WSGIEnvironment) -> Answer | None:
        """Returns the answer to a request, where the very same was given and still holds."""
        key = make_key(environ)
        held = self._held.get(key) if key else None
        state = self._read_state() if held else None
        if held is None or state is None:
            return None
        edition, minute = state
        if held.kept_for.edition == edition and held.kept_for.minute in (None, minute):
            return held.answer
        return None

    def keep(self, environ: WSGIEnvironment, answer: Answer) -> None:
        """Keeps an answer, if the application said that its page is kept."""
        key, kept_for, own = make_key(environ), environ.get(KEPT_FOR), self._measure(answer)
        if key is None or own is None or not isinstance(kept_for, KeptFor):
            return
        size = own + sum(map(len, key)) + EACH
        earlier = self._held.pop(key, None)
        self._size -= earlier.size if earlier else 0
        if self._size + size > MOST_BYTES:
            self._held.clear()
            self._size = 0
        self._held[key] = _Held(kept_for, answer, size)
        self._size += size


def make_key(environ: WSGIEnvironment) -> Key | None:
    """Returns all that the answer of a kept page depends on; None for what always is asked."""
    if environ["REQUEST_METHOD"] != "GET" or environ["QUERY_STRING"]:
        return None
    if any(name in environ for name in NEVER):
        return None
    return tuple(environ.get(name, "") for name in PARTS)
