"""People who send reports through the real form, over HTTP, whatever becomes of the server.

Each asks again with the same form when no answer comes, as a browser's reload does, and writes down
every receipt code that it was shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event
from uuid import uuid4

from tests.support.forms import ANSWERS, code_in, fields_in, multipart
from tests.support.served import Answer, Served
from tests.support.site import START

PAUSE = 0.05
PATIENCE = START + 60
"""Seconds that somebody goes on trying one form: longer than a server takes to come back."""


@dataclass(frozen=True)
class Sent:
    """One report that was acknowledged."""

    code: str
    story: str


@dataclass
class Reporters:
    """`count` people, each sending one report after another to `site` until `stop`."""

    site: Served
    count: int = 4
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lost_answers: int = 0
    with_files: bool = False
    """Each report has its story in a file as well."""

    def __post_init__(self) -> None:
        self._stop = Event()
        self._abandoned = False
        self._pool = ThreadPoolExecutor(self.count)
        self._people = [self._pool.submit(self._work) for _ in range(self.count)]

    def stop(self) -> None:
        """Let everybody finish the report in hand; raises what went wrong for any of them."""
        self._stop.set()
        self._pool.shutdown(wait=True)
        for person in self._people:
            person.result()

    def abandon(self) -> None:
        """Let nobody go on, whatever they are at."""
        self._stop.set()
        self._abandoned = True
        self._pool.shutdown(wait=True)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._report()

    def _report(self) -> None:
        story = f"They sleep in the kitchen. {uuid4()}"
        page = self._answered(lambda: self.site.get("/en/5"))
        for answers in ANSWERS[:-1] if self.with_files else ANSWERS:
            told = {**answers, "f8": story} if "f8" in answers else dict(answers)
            page = self._press(page, "next", told)
        if self.with_files:
            page = self._add_file(page, story)
        code = self._send(page)
        self.sent.append(Sent(code, story))
        if (again := self._send(page)) != code:
            self.faults.append(f"a second send of one form gave {again}, the first {code}")

    def _add_file(self, page: Answer, story: str) -> Answer:
        fields = {**fields_in(page.text), "b": "end"}
        kind, body = multipart(fields, {"story.txt": story.encode()})
        sent = {"Content-Type": kind}
        return self._answered(lambda: self.site.ask("POST", "/en/57", body, sent))

    def _send(self, review: Answer) -> str:
        page = self._press(review, "send", {})
        code = code_in(page.text)
        if code is None:
            raise AssertionError(f"no code came: {page.text[:2000]}")
        return code

    def _press(self, page: Answer, button: str, answers: dict[str, str]) -> Answer:
        fields = {**fields_in(page.text), "b": button, **answers}
        return self._answered(lambda: self.site.post("/en/5", fields))

    def _answered(self, ask: Callable[[], Answer]) -> Answer:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._abandoned:
            try:
                answer = ask()
            except (OSError, HTTPException):
                self.lost_answers += 1
            else:
                if answer.status == 200:
                    return answer
                if answer.status != 503:
                    raise AssertionError(f"answered {answer.status}: {answer.text[:2000]}")
            time.sleep(PAUSE)
        raise AssertionError(f"no answer in {PATIENCE:.0f} seconds")
