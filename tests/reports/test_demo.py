"""Made-up reports: every state of a desk is there, on both engines, by the product's own ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import custody
from reports.db import begin_write
from reports.demo import timeline
from reports.demo.fates import EVERY, PORTAL
from reports.demo.instance import DemoInstance
from reports.demo.stories import generate_reports
from reports.model import (
    Attachment,
    Claim,
    CustodyLine,
    Delivery,
    Finding,
    LegalHold,
    Message,
    Note,
    PortalKey,
    Proposal,
    Publication,
    Referral,
    Report,
    ReportLink,
    Statistic,
)
from reports.triage import report_reader
from reports.triage.referral import four_eyes
from tests.support.cast import NOW, Instance
from tests.support.lived import SEED, live, place_on


@pytest.fixture
def place(instance: Instance, tmp_path: Path) -> DemoInstance:
    """The cast, with a second person for the desk be, a liaison, and offices to write to."""
    return place_on(instance, tmp_path / "var")


def values(session: Session, column: object) -> set[object]:
    return set(session.scalars(select(column).distinct()))  # type: ignore[call-overload]  # a column


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_desk_is_there_in_every_state(place: DemoInstance) -> None:
    session = place.session
    by_fate = live(place, EVERY, with_files=["talked"])
    begin_write(session)
    timeline.chase(place, NOW)
    session.commit()
    assert list(by_fate) == list(EVERY)
    assert values(session, Report.status) == {
        "received",
        "in_triage",
        "ready",
        "referred",
        "closed",
    }
    assert values(session, Delivery.state) == {"due", "sent", "delivered", "to_do", "failed"}
    assert values(session, Referral.standing) == {"waiting", "acknowledged", "returned", "ended"}
    assert max(values(session, Referral.chased), key=str) == 3
    assert values(session, LegalHold.state) == {"proposed", "held"}
    assert values(session, Message.author) == {"reporter", "desk", "instance"}
    assert values(session, Finding.kind) == {
        "assessment",
        "correction",
        "gate",
        "lowering",
        "settled",
    }
    for table in (Attachment, Claim, Note, PortalKey, Proposal, ReportLink):
        assert count(session, table), table
    assert by_fate["unverified"].unverified
    across = select(Referral.contact_id).where(Referral.report_id == by_fate["both"].id)
    assert {contact_id[:2] for contact_id in session.scalars(across)} == {"be", "lu"}
    assert by_fate["handed_over"].desk_id == by_fate["talked"].desk_id
    assert custody.verify(session, place.vault) > len(EVERY)
    assert not session.scalar(select(CustodyLine.number).where(CustodyLine.at > NOW))


def test_what_waits_for_a_second_person_can_be_agreed_to(place: DemoInstance) -> None:
    session, report = place.session, live(place, ["proposed"])["proposed"]
    emil = place.people["Emil"]
    opened = report_reader.read(session, place.vault, report, emil)
    waiting = four_eyes.read(session, place.vault, emil, report)
    assert waiting is not None
    assert waiting.to == (PORTAL,)
    assert (opened.answers or {})["place"] in waiting.selection.passages


def test_a_year_that_is_over_leaves_its_counts_alone(place: DemoInstance) -> None:
    session = place.session
    begin_write(session)
    for number, made in enumerate(generate_reports(12, SEED, only_new=True)):
        timeline.close_in_year(place, made, NOW.year - 1, number)
    timeline.publish_year(place, NOW.year - 1, NOW)
    session.commit()
    assert count(session, Report) == 0
    assert count(session, Statistic) == 12
    assert values(session, Publication.year) == {NOW.year - 1}


def test_who_withdraws_leaves_no_report(place: DemoInstance) -> None:
    begin_write(place.session)
    timeline.withdraw_report(place, next(generate_reports(1, SEED)), NOW)
    place.session.commit()
    assert count(place.session, Report) == 0
    assert "withdrawn" in values(place.session, CustodyLine.act)


def test_the_same_seed_tells_the_same() -> None:
    assert list(generate_reports(60, 7)) == list(generate_reports(60, 7))
    assert list(generate_reports(60, 7)) != list(generate_reports(60, 8))
    assert {made.fate.name for made in generate_reports(30, 7, only_new=True)} == {"received"}
    assert len({made.language for made in generate_reports(60, 7)}) == 5


@pytest.mark.parametrize("served", [("BE",), ("LU",), ("NL", "LU")])
def test_an_instance_of_some_countries_has_reports_of_its_own(served: tuple[str, ...]) -> None:
    made = list(generate_reports(30, SEED, served))
    somewhere = [each for each in made if each.fate.needs_route]
    assert {each.answers["country"] for each in somewhere} <= set(served)
