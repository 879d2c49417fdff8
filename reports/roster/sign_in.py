"""Signing in, resuming a session, and signing out.

The staff member's private key is wrapped under a key derived from their cookie, so that several
processes share a session and none keeps a key between requests. An unknown name causes the same
slow work as a known one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.errors import SealBroken, SessionEnded, SignInRefused
from reports.model import Organisation, Staff, StaffSession
from reports.roster import factor, signature
from reports.roster.factor import OfferedFactor
from reports.roster.invitation import fold
from reports.roster.keyring import Keyring
from reports.secret_text import format_token, parse_token
from reports.vault import Vault, derive, unwrap, wrap

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
"""The limits of a session: docs/security-parameters.md#SP-2.9."""

SALT_BYTES = 16


def derive_password_key(session: Session, vault: Vault, name: str, typed: str) -> bytes:
    """Returns the slow key for this name and password; for an unknown name, one that opens
    nothing."""
    return vault.derive_password_key(typed, find_salt(session, vault, name))


def find_salt(session: Session, vault: Vault, name: str) -> bytes:
    """Returns the password salt of this name; for an unknown name, a constant one derived from
    it."""
    query = select(Staff.password_salt).where(Staff.folded_name == fold(name))
    return (
        session.scalar(query)
        or vault.compute_mac("no such staff", fold(name).encode())[:SALT_BYTES]
    )


@dataclass(frozen=True)
class SignInAttempt:
    """A name, the slow key from `derive_password_key`, and a second factor.

    `device` names the browser in its owner's list of sessions.
    """

    name: str
    key: bytes
    offered: OfferedFactor
    device: str = ""

    def __repr__(self) -> str:
        return "SignInAttempt(...)"


def sign_in(session: Session, vault: Vault, attempt: SignInAttempt, now: datetime) -> str:
    """Starts a session and returns the cookie's value. Raises `SignInRefused`, whatever the cause.

    On success the second factor is used up. Raises `RosterBroken` when the member's key lacks the
    organisation's signature.
    """
    named = select(Staff).where(Staff.folded_name == fold(attempt.name))
    staff = session.scalar(named.with_for_update())
    private = _opened(staff, attempt.key)
    if staff is None or private is None or staff.state != "active":
        raise SignInRefused("refused")
    signature.check_staff_key(vault, staff)
    if not factor.accept(session, staff, private, attempt.offered, now):
        raise SignInRefused("refused")
    entry = CustodyEntry("signed_in", staff_id=staff.id)
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return begin(session, staff, private, now, attempt.device)


def begin(session: Session, staff: Staff, private: bytes, now: datetime, device: str = "") -> str:
    """Starts a session for a member whose private key is known; returns the cookie's value."""
    cookie = secrets.token_bytes(32)
    place = derive(cookie, "staff session place")
    # Also bound to the person: a row reassigned to somebody else opens nothing.
    whose = place + staff.id.bytes
    wrapped = wrap(derive(cookie, "staff session key"), private, kind="session", id=whose)
    session.add(
        StaffSession(
            id_hash=place,
            staff_id=staff.id,
            private_by_cookie=wrapped,
            device=wrap(_device_key(private), device.encode(), kind="device", id=whose),
            started_at=now,
            seen_at=now,
        )
    )
    return format_token(cookie)


def resume(session: Session, vault: Vault, cookie_text: str, now: datetime) -> Keyring:
    """Returns the keyring for a cookie. Raises `SessionEnded`; never writes (see `touch`)."""
    cookie = _cookie(cookie_text)
    row = session.get(StaffSession, derive(cookie, "staff session place"))
    if row is None or now - row.seen_at > IDLE or now - row.started_at > LONGEST:
        raise SessionEnded("unknown or over")
    staff = session.get_one(Staff, row.staff_id)
    if staff.state != "active":
        raise SessionEnded("disabled")
    try:
        private = unwrap(
            derive(cookie, "staff session key"),
            row.private_by_cookie,
            kind="session",
            id=row.id_hash + staff.id.bytes,
        )
    except SealBroken as problem:
        raise SessionEnded("damaged") from problem
    signature.check_staff_key(vault, staff)
    return Keyring(staff, private, vault.outer_keys)


def find_row(session: Session, cookie_text: str) -> StaffSession | None:
    """Returns the session row of a cookie, even if expired. Raises `SessionEnded` for a malformed
    one."""
    return session.get(StaffSession, derive(_cookie(cookie_text), "staff session place"))


def derive_form_token(cookie_text: str) -> str:
    """Returns the CSRF token of this session's forms; it does not reveal the cookie."""
    return derive(_cookie(cookie_text), "staff form").hex()


def derive_sitting(cookie_text: str) -> str:
    """Returns what tells this session from the person's others on record, without any time."""
    return derive(_cookie(cookie_text), "staff sitting", 8).hex()


def touch(session: Session, cookie_text: str, now: datetime) -> None:
    """Restarts the idle time of a session at `now`."""
    row = find_row(session, cookie_text)
    if row is not None:
        row.seen_at = now


def sign_out(session: Session, cookie_text: str) -> None:
    """Ends this session, at once in every process."""
    place = derive(_cookie(cookie_text), "staff session place")
    session.execute(delete(StaffSession).where(StaffSession.id_hash == place))


def end_all(session: Session, staff_id: UUID) -> None:
    """Ends every session of a staff member."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def purge(session: Session, now: datetime) -> None:
    """Deletes every expired session."""
    over = or_(StaffSession.seen_at < now - IDLE, StaffSession.started_at < now - LONGEST)
    session.execute(delete(StaffSession).where(over))


@dataclass(frozen=True)
class OwnSession:
    """One session as its owner sees it; `name` identifies it for ending it."""

    name: str
    device: str
    started_at: datetime
    seen_at: datetime
    here: bool


def list_own(
    session: Session, keyring: Keyring, cookie_text: str, now: datetime
) -> list[OwnSession]:
    """Returns the active sessions of the signed-in person, the latest first."""
    here = derive(_cookie(cookie_text), "staff session place")
    query = select(StaffSession).where(
        StaffSession.staff_id == keyring.staff.id,
        StaffSession.seen_at >= now - IDLE,
        StaffSession.started_at >= now - LONGEST,
    )
    return [
        OwnSession(
            _name(row),
            _device(keyring.private, row),
            row.started_at,
            row.seen_at,
            row.id_hash == here,
        )
        for row in session.scalars(query.order_by(StaffSession.started_at.desc()))
    ]


def end_one(session: Session, keyring: Keyring, name: str) -> None:
    """Ends one session of the signed-in person, by its name from `list_own`."""
    query = select(StaffSession).where(StaffSession.staff_id == keyring.staff.id)
    for row in session.scalars(query):
        if _name(row) == name:
            session.delete(row)


def _name(row: StaffSession) -> str:
    """Returns a name that does not reveal the cookie's hash, by which a session is found."""
    return derive(row.id_hash, "staff session name", 12).hex()


def _device_key(private: bytes) -> bytes:
    return derive(private, "staff session device")


def _device(private: bytes, row: StaffSession) -> str:
    whose = row.id_hash + row.staff_id.bytes
    try:
        return unwrap(_device_key(private), row.device, kind="device", id=whose).decode()
    except SealBroken:
        return ""


def _opened(staff: Staff | None, key: bytes) -> bytes | None:
    try:
        wrapped = staff.private_by_password if staff else None
        return unwrap(key, wrapped or b"", kind="staff key", id=staff.id.bytes if staff else b"")
    except SealBroken:
        return None


def _cookie(text: str) -> bytes:
    try:
        raw = parse_token(text)
    except ValueError as problem:
        raise SessionEnded("not a session") from problem
    if len(raw) != 32:
        raise SessionEnded("not a session")
    return raw
