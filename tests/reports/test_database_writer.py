"""Who can write the database, and has neither a key nor the keys folder, gains nothing by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from reports import mailbox
from reports.db import begin_write
from reports.errors import MailboxClosed, SessionEnded
from reports.model import ReporterSession, StaffSession
from reports.roster import sign_in
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(minutes=1)


def rewrite(instance: Instance, statement: object) -> None:
    """Do it behind the application's back."""
    begin_write(instance.session)
    instance.session.execute(statement)  # type: ignore[call-overload]  # any statement
    instance.session.commit()
    instance.session.expire_all()


def test_a_session_given_to_an_administrator_is_over(instance: Instance) -> None:
    cookie = instance.sign_in("Chidi", LATER)
    dana = instance.members["Dana"].id
    rewrite(instance, update(StaffSession).values(staff_id=dana))
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)


def test_a_visit_moved_to_another_report_is_over(instance: Instance) -> None:
    visit = instance.enter(instance.send().code)
    other = instance.send(story="Somebody else's.").report_id
    rewrite(instance, update(ReporterSession).values(report_id=other))
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, visit, NOW)
