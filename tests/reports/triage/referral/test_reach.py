"""Whether a contact point can be reached: the one place that pages and gates ask."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from reports import notices
from reports.db import begin_write
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.portal.portal_channel import NO_LIAISON
from reports.model import NoticeAddress, Staff
from reports.triage.referral.reach import UNREADY, Reach, find_reach
from tests.support.cast import NOW, Instance
from tests.support.office import PAYOKE, Office


def reach(instance: Instance, days: int = 0) -> Reach:
    return find_reach(instance.session, instance.vault, PAYOKE, NOW + timedelta(days=days))


def test_nobody_is_reached_without_a_confirmed_address_and_key(instance: Instance) -> None:
    assert reach(instance) == Reach(None, UNREADY)
    Office().confirm(instance)
    found = reach(instance)
    assert (found.obstacle, found.unnoticed) == ("", False)
    assert found.setting is not None
    found.setting.email = "mallory@example.org"
    assert reach(instance).obstacle == UNREADY, "changed by somebody without the keys"


def test_a_portal_needs_a_liaison_and_one_who_is_told(instance: Instance) -> None:
    session, vault = instance.session, instance.vault
    begin_write(session)
    contact_settings.confirm(session, vault, PAYOKE, ContactDetails("portal"), NOW)
    session.commit()
    assert reach(instance).obstacle == NO_LIAISON
    instance.accept(instance.invite("Fatou", "liaison", None, contact_id=PAYOKE), "Fatou")
    assert (reach(instance).obstacle, reach(instance).unnoticed) == ("", True)
    fatou = session.scalars(select(Staff).where(Staff.name == "Fatou")).one()
    notices.set_address(session, vault, fatou, "fatou@example.org", NOW)
    session.flush()
    assert not reach(instance).unnoticed
    session.scalars(select(NoticeAddress)).one().email = "mallory@example.org"
    assert reach(instance).unnoticed, "an address that nobody of ours wrote"
