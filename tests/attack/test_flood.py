"""Ten thousand junk reports while people report and staff work: nobody is pushed down or kept out.

The flood goes through the real intake, in this process; that alone its receipt keys cost nothing
makes it quick, since the slow key of a receipt decides nothing about its place. The people go
through the served instance, at the same time and on the same database.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from reports import codes
from reports.db import begin_write, make_engine, make_session_factory
from reports.intake import proof_of_work, token
from reports.intake.spam_check import AN_HOUR, SOONEST
from reports.intake.submit import CompletedForm, submit
from reports.vault import Vault
from tests.attack.conftest import Target, demonstration
from tests.support.desk import token_in
from tests.support.forms import ANSWERS, DANGER_PAGE, code_in, fields_in
from tests.support.served import Answer, Served

FLOOD = 10_000
AT_ONCE = 10
PAUSE = 0.02
"""Between two transactions: a program sends over a line, and has no database to itself."""
PATIENCE = 1500.0
TRIES = 6
JUNK = {"country": "BE", "kind": "witness", "danger": "yes", "story": "junk"}
"""The program says that somebody is in danger: it wants the very top."""
_ROW = re.compile(r'id="r([0-9a-f]{32})"')
_NEXT = re.compile(r'href="([^"]*)" rel="next"')


class Flood(threading.Thread):
    """A program that waits as long as people do and then sends, `AT_ONCE` to a transaction."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.sent = 0
        self.under_way, self.give_up = threading.Event(), threading.Event()
        self._vault = Vault.load(target.site.data_dir)
        self._engine = make_engine(f"sqlite:///{target.database}")

    def run(self) -> None:
        now = datetime.now(UTC)
        read = time.monotonic() + SOONEST.total_seconds()
        try:
            while self.sent < FLOOD and not self.give_up.is_set():
                self._send(now)
                self.sent += AT_ONCE
                # A form that was quicker than anybody reads would be in doubt for that.
                if self.sent > 2 * AN_HOUR and time.monotonic() > read:
                    self.under_way.set()
                self.give_up.wait(PAUSE)
        finally:
            self.under_way.set()
            self._engine.dispose()

    def _send(self, now: datetime) -> None:
        issued = now - timedelta(minutes=1)
        with make_session_factory(self._engine)() as session:
            begin_write(session)
            for _ in range(AT_ONCE):
                form = token.read(self._vault, token.issue(self._vault, issued), now)
                submit(session, self._vault, form, CompletedForm(JUNK, b"k" * 32, "nl"), now)
            session.commit()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An instance of its own: nothing else has to live with what the flood leaves."""
    with demonstration(tmp_path_factory.mktemp("flood") / "var", 5) as target:
        yield target


@pytest.fixture
def flood(target: Target) -> Iterator[Flood]:
    program = Flood(target)
    yield program
    program.give_up.set()
    program.join()


def press(site: Served, page: Answer, button: str = "next", **answers: str) -> Answer:
    """Press a button; once more where the page asks for that, as it may on a busy machine."""
    fields = {**fields_in(page.text), "b": button, **answers}
    for _ in range(TRIES):
        answer = site.post("/en/5", fields)
        if answer.status != 503:
            break
    assert answer.status == 200, answer.text[:2000]
    return answer


def review(site: Served, danger: str) -> Answer:
    """A person answers page by page, until all that is left is to send."""
    page = site.get("/en/5")
    for number, answers in enumerate(ANSWERS, start=1):
        told = {**answers, "f7": danger} if number == DANGER_PAGE else dict(answers)
        page = press(site, page, told.pop("b", "next"), **told)
        if number == DANGER_PAGE and danger == "yes":
            page = press(site, page)  # the numbers to call
    return page


def proof_for(page: Answer) -> str:
    """What a browser with script finds while somebody reads the review."""
    carried = fields_in(page.text)["t"]
    return next(
        str(number) for number in range(1_000_000) if proof_of_work.is_valid(carried, str(number))
    )


def report_of(target: Target, page: Answer) -> tuple[UUID, bool, str]:
    """The report behind a receipt: its id, whether it is in doubt, and its code."""
    code = code_in(page.text)
    assert code
    locator = codes.parse(code).locator
    found = target.query(f"SELECT id, unverified FROM report WHERE locator = '{locator}'")
    [(id, unverified)] = found
    return UUID(bytes=id), bool(unverified), code


def queue_of(target: Target, name: str, pages: int, query: str = "") -> list[UUID]:
    """The first pages of the list that somebody sees, from the top."""
    cookie, path, seen = target.cookie(name), f"/desk/{query}", []
    for _ in range(pages):
        page = target.site.get(path, Cookie=cookie)
        assert page.status == 200
        seen += [UUID(hex=found) for found in _ROW.findall(page.text)]
        following = _NEXT.search(page.text)
        if following is None:
            break
        path = following.group(1).replace("&amp;", "&")
    return seen


def test_ten_thousand_keep_no_person_from_the_top_and_lock_nobody_out(
    target: Target, flood: Flood
) -> None:
    site = target.site
    in_danger, plain, later = review(site, "yes"), review(site, "no"), review(site, "yes")
    proofs = [proof_for(page) for page in (in_danger, later)]
    flood.start()
    assert flood.under_way.wait(PATIENCE)

    # In the midst of it people send, staff sign in, and who needs help finds it.
    person, doubtful, code = report_of(target, press(site, in_danger, "send", w=proofs[0]))
    _id, unsure, other_code = report_of(target, press(site, plain, "send"))
    assert (doubtful, unsure) == (False, True)
    cookie = target.cookie("Bela")
    assert site.get("/en/2").status == 200
    for typed in (code, other_code):
        assert "We have your report" in site.post("/en/6", {"c": typed, "b": "open"}).text

    flood.join(PATIENCE)
    assert flood.sent == FLOOD
    [(everything,)] = target.query("SELECT count(*) FROM report")
    assert everything == FLOOD + 7

    # Above or beside them stand no more than are let through in an hour, however many came.
    pages = 1 + (AN_HOUR + 7) // 50
    assert person in queue_of(target, "Bela", pages)
    [(trusted,)] = target.query("SELECT count(*) FROM report WHERE NOT unverified")
    assert trusted <= AN_HOUR + 7
    token_text = token_in(site.get("/desk/", Cookie=cookie).text)
    opened = site.post(f"/desk/reports/{person}/open", {"form_token": token_text}, Cookie=cookie)
    assert opened.status == 303, opened.text[:2000]
    read = site.get(opened.headers["Location"], Cookie=cookie)
    assert "They sleep in the kitchen." in read.text
    # Who sends after all of them stands there too, at once.
    last, doubtful, _code = report_of(target, press(site, later, "send", w=proofs[1]))
    assert not doubtful
    assert last in queue_of(target, "Bela", pages)
