"""A channel that the product does not have: pigeons, with a transport and words of their own.

It is what somebody would write for a new channel: one class here, a line in the registry, its words
at the desk, and its code in the constraints of the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

import pytest
from flask_babel import LazyString, get_locale
from sqlalchemy import Engine

from reports.delivery.channels import registry
from reports.delivery.channels.channel import (
    Channel,
    ClosedPacket,
    ContactDetails,
    FirstState,
    PackingRequest,
)
from reports.delivery.channels.mail.mail_channel import check_address
from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports import Transport
from reports.errors import ChannelFailed, ChannelMissing
from reports.model.contact import CHANNEL_CODES
from reports.settings import Settings
from reports.vault import unwrap, wrap
from webapp.desk import channel_wording
from webapp.desk.channel_wording import ChannelWording

PIGEON = "pigeon"
TABLES = ("contact_setting", "contact_change", "delivery")
_KEY, _KIND = b"k" * 32, "pigeon packet"


class PigeonTransport:
    """Flies at once, and comes back to say that it has arrived; or is too tired to fly."""

    outcome: Literal["delivered"] = "delivered"
    codes = frozenset({"tired"})

    def __init__(self) -> None:
        self.flown: list[ClaimedDelivery] = []
        self.tired = False

    def send(self, claim: ClaimedDelivery) -> None:
        if self.tired:
            raise ChannelFailed("tired", lasting=True)
        self.flown.append(claim)


class PigeonChannel(Channel):
    """Packets under the wing, for whoever knows the one key of all pigeons."""

    code = PIGEON
    needs = ("email",)
    first_state: ClassVar[FirstState] = "due"
    rests_in = frozenset({"delivered"})
    reasons = frozenset({"no_pigeons"}) | PigeonTransport.codes
    reminds = True

    def __init__(self) -> None:
        self.transport = PigeonTransport()
        self.is_loft_empty = False

    def check(self, details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
        return {"email": check_address(details.email)}

    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        return ClosedPacket(wrap(_KEY, inside, kind=_KIND, id=request.slip.delivery_id.bytes))

    def open_again(self, claim: ClaimedDelivery) -> bytes:
        """What the recipient reads."""
        return unwrap(_KEY, claim.packet, kind=_KIND, id=claim.id.bytes)

    def find_waiting_reason(self, settings: Settings) -> str | None:
        return "no_pigeons" if self.is_loft_empty else None

    def choose_transport(self, settings: Settings) -> Transport:
        if self.is_loft_empty:
            raise ChannelMissing("no pigeon is at home")
        return self.transport


def in_languages(**words: str) -> LazyString:
    """A sentence in each language of the desk, as its catalogues would have it."""
    return LazyString(lambda: words[get_locale().language])


WORDING = ChannelWording(
    label=in_languages(en="By pigeon", nl="Per duif", fr="Par pigeon", de="Mit der Taube"),
    states={
        "delivered": in_languages(
            en="The pigeon is back.",
            nl="De duif is terug.",
            fr="Le pigeon est revenu.",
            de="Die Taube ist zurück.",
        )
    },
    reasons={
        "no_pigeons": in_languages(
            en="No pigeon is at home.",
            nl="Er is geen duif thuis.",
            fr="Aucun pigeon n’est là.",
            de="Keine Taube ist da.",
        ),
        "tired": in_languages(
            en="The pigeon is tired.",
            nl="De duif is moe.",
            fr="Le pigeon est fatigué.",
            de="Die Taube ist müde.",
        ),
    },
)


def add_to(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> PigeonChannel:
    """Register the channel and its words, and let this database store its code."""
    made = PigeonChannel()
    monkeypatch.setitem(registry.CHANNELS, PIGEON, made)
    monkeypatch.setitem(channel_wording.WORDINGS, PIGEON, WORDING)
    before, after = (", ".join(f"'{code}'" for code in codes) for codes in _codes())
    if engine.dialect.name == "postgresql":
        _widen_postgresql(engine, after)
    else:
        _widen_sqlite(engine.url.database or "", before, after)
    return made


def _codes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    return CHANNEL_CODES, (*CHANNEL_CODES, PIGEON)


def _widen_postgresql(engine: Engine, codes: str) -> None:
    with engine.begin() as connection:
        for table in TABLES:
            name = f"ck_{table}_channel"
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            check = f"CHECK (channel IN ({codes}))"
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check}")


def _widen_sqlite(file: str, before: str, after: str) -> None:
    """Change the constraint in the stored schema, which every connection then reads anew."""
    with sqlite3.connect(file) as connection:
        [version] = connection.execute("PRAGMA schema_version").fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        changed = connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE instr(sql, ?) > 0",
            (f"channel IN ({before})", f"channel IN ({after})", f"channel IN ({before})"),
        )
        assert changed.rowcount == len(TABLES)
        connection.execute(f"PRAGMA schema_version = {version + 1}")
        connection.execute("PRAGMA writable_schema = OFF")
    connection.close()
