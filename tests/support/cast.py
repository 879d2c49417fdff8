"""The cast on a founded instance: Amina reports, Bela does triage at `be`, Chidi at `nl`, Dana
administers.

Everything goes the product's own ways; only the slow keys are made cheap.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import codes, mailbox
from reports.act import Act
from reports.codes import ReceiptCode
from reports.db import begin_write
from reports.intake import token
from reports.intake.spam_check import Circumstances
from reports.intake.submit import CompletedForm, Receipt, submit
from reports.model import Report, Staff
from reports.roster import bootstrap, invitation, sign_in
from reports.roster.factor import OfferedFactor
from reports.roster.invitation import AccountSetup, Authority, NewMember
from reports.roster.keyring import Keyring
from reports.roster.password import ChosenPassword
from reports.roster.sign_in import SignInAttempt
from reports.vault import Cost, Vault
from tests.support import founding

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
"""A Wednesday, 11:00 in Brussels."""

PASSWORD = "seven quiet herons over the canal"
CHEAP = Cost(memory_kib=64, passes=1)


def cheap_vault(data_dir: Path) -> Vault:
    """The vault of `data_dir` with slow keys that are not slow."""
    made = Vault.create(data_dir)
    made._password_cost = made._receipt_cost = CHEAP
    return made


@dataclass
class Member:
    """One of the staff, with what they would type."""

    id: object
    name: str
    totp_secret: str
    recovery_code: str
    password: str = PASSWORD

    def one_time_code(self, now: datetime) -> str:
        return pyotp.TOTP(self.totp_secret).at(now)


@dataclass
class Instance:
    """A founded instance with its cast; every step is committed."""

    session: Session
    vault: Vault
    recovery_key: str
    members: dict[str, Member] = field(default_factory=dict)

    def invite(
        self,
        name: str,
        role: str,
        country: str | None,
        now: datetime = NOW,
        contact_id: str | None = None,
    ) -> str:
        """Dana invites to a country's desk, or a liaison of a contact point; the token."""
        dana = self.keyring("Dana")
        begin_write(self.session)
        every = [] if contact_id else dana.list_desks(self.session)
        desk_ids = [desk.id for desk in every if desk.country == country]
        made = invitation.invite(
            self.session,
            self.vault,
            NewMember(name, role, tuple(desk_ids), contact_id=contact_id),
            now,
            Authority.from_keyring(self.session, dana),
        )
        self.session.commit()
        return made

    def accept(
        self, link: str, name: str, now: datetime = NOW, *, confirmed: bool = True
    ) -> Member:
        """Somebody uses their link; they may sign in from the next half minute on.

        A new administrator is confirmed as well, unless the test is about that.
        """
        staff, raw = invitation.find(self.session, link, now)
        secret = invitation.derive_totp_secret(self.vault, raw)
        salt = secrets.token_bytes(16)
        key = self.vault.derive_password_key(PASSWORD, salt)
        earlier = pyotp.TOTP(secret).at(now - timedelta(seconds=30))
        begin_write(self.session)
        recovery = invitation.accept(
            self.session,
            self.vault,
            link,
            AccountSetup(name, ChosenPassword(PASSWORD, salt, key), earlier),
            now,
        )
        self.session.commit()
        if confirmed and staff.state == "waiting" and staff.raised_by_id:
            self._confirm_administrator(staff, now)
        self.members[name] = Member(staff.id, name, secret, recovery)
        return self.members[name]

    def _confirm_administrator(self, staff: Staff, now: datetime) -> None:
        """As if somebody else than Dana had asked, so that she is the second one."""
        begin_write(self.session)
        staff.raised_by_id = None
        invitation.confirm(self.act("Dana", now), staff)
        self.session.commit()

    def sign_in(self, name: str, now: datetime = NOW) -> str:
        """The cookie's value of a new session."""
        member = self.members[name]
        key = sign_in.derive_password_key(self.session, self.vault, name, member.password)
        begin_write(self.session)
        cookie = sign_in.sign_in(
            self.session,
            self.vault,
            SignInAttempt(name, key, OfferedFactor(member.one_time_code(now))),
            now,
        )
        self.session.commit()
        return cookie

    def keyring(self, name: str) -> Keyring:
        """What `name` can open, without using up a one-time code."""
        query = select(Staff).where(Staff.folded_name == name.casefold())
        staff = self.session.scalars(query).one()
        key = self.vault.derive_password_key(
            self.members[name].password, staff.password_salt or b""
        )
        private = sign_in._opened(staff, key)
        assert private is not None
        return Keyring(staff, private, self.vault.outer_keys)

    def act(self, name: str, now: datetime = NOW) -> Act:
        """What `name` does at a moment, in the transaction of this session."""
        return Act(self.session, self.vault, self.keyring(name), now)

    def send(
        self,
        now: datetime = NOW,
        language: str = "nl",
        *,
        trapped: bool = False,
        worked: bool = False,
        **answers: str,
    ) -> Receipt:
        """Amina sends a report, after a minute; by default of a witness in Belgium."""
        begun = now - timedelta(minutes=1)
        form = token.read(self.vault, token.issue(self.vault, begun), now)
        code = codes.derive_code(form.secret)
        key = self.vault.derive_receipt_key(code.locator, code.secret)
        told = {
            "country": "BE",
            "form": "labour",
            "kind": "witness",
            "story": "They sleep in the kitchen.",
        } | answers
        begin_write(self.session)
        receipt = submit(
            self.session,
            self.vault,
            form,
            CompletedForm(told, key, language, Circumstances(trapped=trapped, worked=worked)),
            now,
        )
        self.session.commit()
        return receipt

    def enter(self, code: ReceiptCode, now: datetime = NOW) -> str:
        """Amina opens her mailbox; the visit's token."""
        key = self.vault.derive_receipt_key(code.locator, code.secret)
        begin_write(self.session)
        visit = mailbox.enter(self.session, self.vault, code, key, now)
        self.session.commit()
        return visit

    def report(self, receipt: Receipt) -> Report:
        return self.session.get_one(Report, receipt.report_id)


def founded(session: Session, vault: Vault, now: datetime = NOW) -> Instance:
    """A founded instance where Dana, Bela and Chidi have set up."""
    if once := founding.kept(session, now):
        founding.put_back(session, vault, once)
        key, members = once.told
        return Instance(session, vault, key, {name: replace(each) for name, each in members})
    instance = newly_founded(session, vault, now)
    members = [(name, replace(each)) for name, each in instance.members.items()]
    founding.keep(session, vault, now, (instance.recovery_key, members))
    return instance


def newly_founded(session: Session, vault: Vault, now: datetime = NOW) -> Instance:
    """Found an instance whose keys no other one has, and let Dana, Bela and Chidi set up."""
    begin_write(session)
    made = bootstrap.create_instance(session, vault, ("BE", "NL", "LU"), now)
    session.commit()
    instance = Instance(session, vault, made.recovery_key)
    instance.accept(made.invitation, "Dana", now)
    for name, country in (("Bela", "BE"), ("Chidi", "NL")):
        instance.accept(instance.invite(name, "triager", country, now), name, now)
    return instance
