"""The canary: what a reporter sends stands nowhere in the clear afterwards.

The promise: docs/security-parameters.md#SP-6.26.

On a served instance: database and journal, keys and logs, the temporary folder, the outgoing mail
and whatever else lies beside them. What goes out is opened with the recipient's key, to show that
the words really went all the way.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from reports.codes import parse
from reports.db import begin_write, make_engine, make_session_factory
from reports.intake.submit import Receipt
from reports.model import LinkToken, Report
from reports.settings import Settings
from reports.triage import found_identifiers, links, match_task, notes, report_reader
from reports.triage.findings import assessment, corrections
from reports.triage.findings.assessment import AssessmentDraft
from reports.triage.findings.corrections import CorrectionDraft
from reports.vault import Vault
from tests.support.cast import Instance, Member
from tests.support.mail import Mail, MailServer
from tests.support.office import Office, refer, text_in
from tests.support.profile import findings
from tests.support.site import Site

PLATE = "9-QXZ-907"
PLACE, STORY, MESSAGE = "Quaggamarkt", "Zebrafinchstory", f"Okapimessage {PLATE}"
NOTED, REMARK, REASON = "Tapirnote", "Gharialremark", "Numbatreason"
LANGUAGES = "Kakapotongue"
REFUSED, UNKEPT = "Axolotlrefused", "Pangolinunkept"
AGENT, ADDRESS, REFERER = "Wombatagent", "203.0.113.77", "https://capybara.example/"
TYPED = (PLACE, STORY, LANGUAGES, MESSAGE, REFUSED, UNKEPT)
WORKED = (PLATE, PLATE.replace("-", ""), NOTED, REMARK, REASON)
SENT_ALONG = (AGENT, ADDRESS, "capybara.example")


class Reporter:
    """Amina, with a browser that gives much away; `page` is what she sees."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.page = ""

    def ask(self, path: str, **fields: str) -> int:
        """Send the page's form with `fields`, or with none of them ask for `path`; the status."""
        connection = HTTPConnection("127.0.0.1", self.site.port, timeout=180)
        headers = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Referer": REFERER}
        if fields:
            carried = dict(re.findall(r'type="hidden" name="(\w)" value="([^"]*)"', self.page))
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urlencode(carried | fields), headers)
        else:
            connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        self.page = response.read().decode()
        connection.close()
        return response.status

    def report(self) -> str:
        """A report with a mistake on the way; the receipt code."""
        self.ask("/en/5")
        self.ask("/en/5", f5="witness")
        self.ask("/en/5", f1="BE", f3=PLACE)
        for answers in ({"f2": "brussels"}, {"f7": "no"}, {"f4": "labour"}):
            self.ask("/en/5", **answers)
        self.ask("/en/5", f8=REFUSED + "x" * 20_000)
        self.ask("/en/5", f8=STORY)
        self.ask("/en/5", b="next")
        self.ask("/en/5", b="next")
        self.ask("/en/5", f12=LANGUAGES)
        self.ask("/en/5", b="end")
        assert STORY in self.page
        self.ask("/en/5", b="send")
        found = re.search(r'class="code" dir="ltr">([\d ]+)<', self.page)
        assert found
        return found.group(1)

    def write(self, code: str) -> None:
        """A message, after the code."""
        self.ask("/en/6")
        self.ask("/en/6", c=code)
        self.ask("/en/6", m=MESSAGE, b="send")
        assert MESSAGE in self.page

    def fail(self) -> None:
        """A story that meets a locked database, and a body that is refused."""
        self.ask("/en/5")
        lock = sqlite3.connect(self.site.data_dir / "wayside.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        assert self.ask("/en/5", s="7", f8=UNKEPT) == 503
        lock.close()
        assert UNKEPT in self.page
        assert self.ask("/en/5", **{f"f{each}": REFUSED * 100_000 for each in range(8, 14)}) == 413


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


@pytest.fixture
def site(make_site: Callable[..., Site], mail_server: MailServer, temporary: Path) -> Site:
    """An instance that sends mail, with a temporary folder of its own."""
    return make_site(WAYSIDE_SMTP_URL=mail_server.url, TMPDIR=str(temporary))


@pytest.fixture
def behind(site: Site) -> Iterator[Instance]:
    """The same instance as the desk sees it, with Bela."""
    told: dict[str, Any] = json.loads(site.flask("demo", "--reports", "0", "--json").stdout)
    engine = make_engine(f"sqlite:///{site.data_dir / 'wayside.db'}")
    with make_session_factory(engine)() as session:
        instance = Instance(session, Vault.load(site.data_dir), told["recovery_key"])
        for person in told["staff"]:
            instance.members[person["name"]] = Member(
                None, person["name"], person["totp_secret"], "", person["password"]
            )
        yield instance
    engine.dispose()


def test_26_what_a_reporter_sends_stands_nowhere_in_the_clear(
    site: Site, behind: Instance, mail_server: MailServer, tmp_path: Path, temporary: Path
) -> None:
    amina, office = Reporter(site), Office("be-djsoc")
    code = amina.report()
    amina.write(code)
    amina.fail()
    work(behind, datetime.now(UTC))
    [mail] = delivered(site, behind, mail_server, office, code)
    (tmp_path / "sent.eml").write_bytes(mail.raw)
    words = (*TYPED, *WORKED, *SENT_ALONG, code, code.replace(" ", ""))
    assert findings(tmp_path, words) == []
    assert list(temporary.iterdir()) == []
    opened = text_in(office.read(mail.raw))
    assert STORY in opened
    assert PLACE in opened


def work(behind: Instance, now: datetime) -> None:
    """Bela opens the report, and finds out what she can: each word of hers is another's to keep."""
    session, act = behind.session, behind.act("Bela", now)
    begin_write(session)
    report = session.scalars(select(Report)).one()
    report_reader.record_opening(act, report)
    looked = report_reader.read(session, act.vault, report, act.keyring).looked
    result = found_identifiers.match(match_task.match_here, looked)
    assert result is not None
    found_identifiers.store(act, report, result)
    opened = report_reader.read(session, act.vault, report, act.keyring)
    links.update_tokens(session, act.keyring, opened)
    assert [trace.normal for trace in links.list_identifiers(opened)] == [PLATE.replace("-", "")]
    notes.add(act, report, NOTED)
    draft = AssessmentDraft({"debt": "seen"}, f"{REMARK} {PLATE}")
    assessment.assess(act, report, None, draft)
    wanted = CorrectionDraft({"age": "minor"}, reason=REASON)
    assert opened.judgement is not None
    corrections.correct(act, report, opened.judgement, wanted)
    session.commit()
    assert session.scalars(select(LinkToken)).one().report_id == report.id
    session.rollback()


def delivered(
    site: Site, behind: Instance, mail_server: MailServer, office: Office, code: str
) -> list[Mail]:
    """Bela refers the report, and the worker sends it: what reached the mail server."""
    now = datetime.now(UTC)
    office.confirm(behind, now)
    report = behind.session.scalars(select(Report)).one()
    receipt = Receipt(report.id, parse(code), repeated=False)
    refer(behind, receipt, Settings.from_environ(site.environ), office.contact_id, now=now)
    # A read that is left open would keep the worker from writing.
    behind.session.rollback()
    with site.worker():
        return mail_server.wait_for(1)


def test_the_search_would_find_the_canary(tmp_path: Path) -> None:
    (tmp_path / "wayside.db").write_bytes(b"\x00\x01" + STORY.encode("utf-16-le") + b"\xff")
    assert findings(tmp_path, TYPED) == [f"wayside.db: {STORY}"]
