"""What every channel keeps, one that somebody adds tomorrow too; a made-up one proves it.

Each test runs once for each channel of the registry and once for the made-up one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Engine, select, update

from reports import custody
from reports.db import begin_write
from reports.delivery import contact_settings, delivery_states, reminder
from reports.delivery.channels.channel import ContactDetails, FirstState
from reports.delivery.channels.registry import CHANNELS, get_channel
from reports.delivery.packet_reader import unpack
from reports.errors import AddressRefused, ChannelMissing, KeyRefused, NoSuchChannel
from reports.model import ContactSetting, Delivery, Referral
from reports.model.contact import CHANNEL_CODES
from reports.model.delivery import DELIVERY_STATES
from reports.settings import Settings
from reports.triage.referral import recipient_answers
from reports.triage.referral.recipient_answers import GivenAnswer
from tests.support import channel_kits
from tests.support.cast import NOW, Instance
from tests.support.channel_kits import ChannelKit
from tests.support.made_up_channel import PIGEON
from tests.support.office import PAYOKE, refer

EVERY = (*CHANNELS, PIGEON)
SETTINGS = Settings.from_environ({})
OPEN = {"due", "claimed", "failed"}
"""States that are told in the same words for every channel."""


@pytest.fixture(params=EVERY)
def code(request: pytest.FixtureRequest) -> str:
    """The code of each channel."""
    found: str = request.param
    return found


@pytest.fixture
def kit(code: str, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> ChannelKit:
    """The instance has the channel, and Payoke can be reached by it."""
    made = channel_kits.prepare(code, instance, monkeypatch)
    channel_kits.confirm(instance, made.details)
    return made


def referred(instance: Instance) -> Delivery:
    """Bela has passed a report on to Payoke."""
    [delivery_id] = refer(instance, instance.send(), SETTINGS, PAYOKE)
    return instance.session.get_one(Delivery, delivery_id)


def test_the_database_stores_the_codes_of_the_registry_and_no_others() -> None:
    assert tuple(CHANNELS) == CHANNEL_CODES


def test_every_channel_is_registered_under_its_own_code() -> None:
    assert [channel.code for channel in CHANNELS.values()] == list(CHANNELS)
    for code, channel in CHANNELS.items():
        assert get_channel(code) is channel


def test_a_code_that_nobody_registered_is_named() -> None:
    with pytest.raises(NoSuchChannel, match="owl"):
        get_channel("owl")
    with pytest.raises(NoSuchChannel, match="owl"):
        contact_settings.check(ContactDetails("owl"), NOW)


def test_what_it_declares_can_be(code: str, kit: ChannelKit) -> None:
    channel = get_channel(code)
    assert channel.first_state in get_args(FirstState)
    assert channel.rests_in <= set(DELIVERY_STATES) - OPEN
    assert channel.first_state in channel.rests_in | {"due"}
    assert not (channel.reminds and channel.first_state != "due"), "only what is carried reminds"


def test_it_keeps_what_it_needs_and_nothing_else(
    code: str, kit: ChannelKit, instance: Instance
) -> None:
    everything = ContactDetails(
        code,
        channel_kits.ADDRESS,
        channel_kits.OFFICE.certificate,
        channel_kits.smime_key().certificate,
    )
    channel_kits.confirm(instance, everything)
    setting = contact_settings.require_confirmed(instance.session, instance.vault, PAYOKE)
    kept = {name for name in ("email", "certificate", "smime") if getattr(setting, name)}
    assert kept == set(get_channel(code).needs)
    assert bool(setting.fingerprint) == bool(kept - {"email"})


def test_it_refuses_each_bad_detail_by_name(code: str, kit: ChannelKit) -> None:
    for field in get_channel(code).needs:
        wrong: dict[str, object] = {field: "no address" if field == "email" else b"no key"}
        refusal = AddressRefused if field == "email" else KeyRefused
        with pytest.raises(refusal):
            contact_settings.check(replace(kit.details, **wrong), NOW)  # type: ignore[arg-type]  # the field is a variable


def test_who_may_read_the_packet_opens_it_and_nobody_else_reads_a_word(
    code: str, kit: ChannelKit, instance: Instance
) -> None:
    delivery = referred(instance)
    assert b"kitchen" not in (delivery.packet or b"")
    assert "They sleep in the kitchen." in unpack(kit.open(instance, delivery)).text
    assert (delivery.channel, delivery.state) == (code, get_channel(code).first_state)


def test_the_referral_goes_the_whole_way(
    code: str, kit: ChannelKit, instance: Instance, engine: Engine, tmp_path: Path
) -> None:
    delivery = referred(instance)
    seen = [delivery.state]
    channel_kits.settle(instance, engine, tmp_path, delivery.id)
    instance.session.refresh(delivery)
    seen.append(delivery.state)
    assert set(seen) <= get_channel(code).rests_in | {"due"}
    assert delivery.state not in ("due", "to_do")
    session, referral = instance.session, instance.session.scalars(select(Referral)).one()
    begin_write(session)
    given = GivenAnswer("acknowledged")
    recipient_answers.record_answer(session, instance.vault, referral, given, datetime.now(UTC))
    session.commit()
    session.refresh(delivery)
    assert referral.standing == "acknowledged"
    assert delivery.state in get_channel(code).rests_in
    assert custody.verify(session, instance.vault)


def test_it_reminds_or_not_as_it_declares(code: str, kit: ChannelKit, instance: Instance) -> None:
    referred(instance)
    session, referral = instance.session, instance.session.scalars(select(Referral)).one()
    begin_write(session)
    reminds = get_channel(code).reminds
    assert reminder.enqueue(session, instance.vault, SETTINGS, referral, NOW) is reminds
    session.commit()
    reminders = list(session.scalars(select(Delivery).where(Delivery.reminder)))
    assert len(reminders) == reminds
    for each in reminders:
        assert (each.channel, each.state) == (code, "due")
        assert "Nobody has told us yet that it came." in unpack(kit.open(instance, each)).text


def test_what_left_comes_back_only_where_it_can(
    code: str, kit: ChannelKit, instance: Instance
) -> None:
    delivery = referred(instance)
    begin_write(instance.session)
    instance.session.execute(update(Delivery).values(state="delivered"))
    bounced = delivery_states.mark_bounced(instance.session, instance.vault, delivery.id, NOW)
    assert bounced is get_channel(code).can_bounce
    instance.session.rollback()


def test_a_worker_carries_it_or_never_does(code: str, kit: ChannelKit) -> None:
    channel = get_channel(code)
    assert (channel.choose_transport(SETTINGS) is not None) == (channel.first_state == "due")


def test_in_production_it_says_why_it_waits_or_leaves(code: str, kit: ChannelKit) -> None:
    channel = get_channel(code)
    live = Settings.from_environ(
        {"WAYSIDE_ENV": "production", "WAYSIDE_MAIL_FROM": "desk@wayside.example"}
    )
    reason = channel.find_waiting_reason(live)
    if reason is None:
        channel.choose_transport(live)
    else:
        assert reason in channel.reasons
        with pytest.raises(ChannelMissing):
            channel.choose_transport(live)


def test_a_key_that_ends_is_seen(code: str, kit: ChannelKit, instance: Instance) -> None:
    setting = instance.session.get_one(ContactSetting, PAYOKE)
    ends = contact_settings.find_expiry(setting)
    assert ends is None or ends > NOW.date()
    assert (ends is not None) == (code == "smime"), "the only key of these that ends"


def test_one_channel_that_cannot_leave_does_not_hold_up_another(
    instance: Instance, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = channel_kits.prepare("openpgp", instance, monkeypatch)
    pigeon = channel_kits.prepare(PIGEON, instance, monkeypatch)
    loft = get_channel(PIGEON)
    monkeypatch.setattr(loft, "is_loft_empty", True)
    channel_kits.confirm(instance, mail.details)
    sent = referred(instance)
    channel_kits.confirm(instance, pigeon.details)
    waiting = referred(instance)
    channel_kits.settle(instance, engine, tmp_path, sent.id)
    for delivery, state in ((sent, "folder"), (waiting, "due")):
        instance.session.refresh(delivery)
        assert (delivery.state, delivery.attempts > 0) == (state, state == "folder")
