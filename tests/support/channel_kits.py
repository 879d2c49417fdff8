"""For each channel what a test needs: details of a contact point, and how its packet is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update

from reports.db import begin_write
from reports.delivery import contact_settings, delivery_states
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.portal import portal_packet
from reports.delivery.channels.registry import get_channel
from reports.delivery.outbox import ClaimedDelivery
from reports.model import Delivery, Report
from reports.settings import Settings
from reports.worker import Worker
from tests.support import made_up_channel
from tests.support.cast import NOW, Instance
from tests.support.made_up_channel import PIGEON, PigeonChannel
from tests.support.office import PAYOKE, Office
from tests.support.smime_key import SmimeKey

ADDRESS = f"{PAYOKE}@example.org"
OFFICE = Office()


@dataclass(frozen=True)
class ChannelKit:
    """Good details of a contact point, and how whoever may read a packet opens it."""

    details: ContactDetails
    open: Callable[[Instance, Delivery], bytes]


def make_kit(code: str) -> ChannelKit:
    """The kit of a channel; `KeyError` for one that nobody can test."""
    return {
        "openpgp": ChannelKit(
            ContactDetails("openpgp", ADDRESS, OFFICE.certificate),
            lambda _, delivery: OFFICE.decrypt(delivery.packet or b""),
        ),
        "smime": ChannelKit(
            ContactDetails("smime", ADDRESS, smime=smime_key().certificate),
            lambda _, delivery: smime_key().decrypt(delivery.packet or b""),
        ),
        "portal": ChannelKit(ContactDetails("portal"), _open_as_liaison),
        "hand": ChannelKit(ContactDetails("hand"), _open_at_the_desk),
        PIGEON: ChannelKit(ContactDetails(PIGEON, ADDRESS), _open_under_the_wing),
    }[code]


@cache
def smime_key() -> SmimeKey:
    """One key for all tests of a process: making one takes long."""
    return SmimeKey()


def prepare(code: str, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> ChannelKit:
    """Let the instance have this channel, a made-up one too, and what the portal needs."""
    if code == PIGEON:
        made_up_channel.add_to(instance.session.get_bind().engine, monkeypatch)
    if get_channel(code).find_obstacle(instance.session, instance.vault, PAYOKE) == "no_liaison":
        instance.accept(instance.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    return make_kit(code)


def confirm(instance: Instance, details: ContactDetails, contact_id: str = PAYOKE) -> None:
    """Make `details` the confirmed way to a contact point."""
    begin_write(instance.session)
    contact_settings.confirm(instance.session, instance.vault, contact_id, details, NOW)
    instance.session.commit()


def settle(instance: Instance, engine: Engine, folder: Path, delivery_id: UUID) -> None:
    """Whoever's turn it is does it: a worker, or staff; what is there already stays."""
    session = instance.session
    begin_write(session)
    delivery_states.mark_carried(instance.act("Bela"), delivery_id)
    # The worker goes by this machine's clock.
    past = datetime.now(UTC) - timedelta(seconds=1)
    session.execute(update(Delivery).where(Delivery.state == "due").values(next_at=past))
    session.commit()
    settings = Settings.from_environ({"WAYSIDE_DATA_DIR": str(folder / "var")})
    Worker(settings, instance.vault, engine).deliver()


def _open_as_liaison(instance: Instance, delivery: Delivery) -> bytes:
    return portal_packet.open_packet(instance.session, instance.keyring("Lia"), delivery)


def _open_at_the_desk(instance: Instance, delivery: Delivery) -> bytes:
    report = instance.session.scalars(select(Report)).one()
    bela = instance.keyring("Bela")
    channel = get_channel(delivery.channel)
    return channel.open_for_desk(instance.session, bela, report, delivery) or b""


def _open_under_the_wing(instance: Instance, delivery: Delivery) -> bytes:
    channel = get_channel(delivery.channel)
    assert isinstance(channel, PigeonChannel)
    packet = delivery.packet or b""
    return channel.open_again(
        ClaimedDelivery(delivery.id, delivery.id, 1, delivery.recipient, packet, PIGEON)
    )
