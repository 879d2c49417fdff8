"""`demo`: fill an empty instance with made-up reports, through the real intake."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click
import pyotp
from flask import current_app

from reports import codes
from reports.demo import MadeUp, made_up
from reports.intake import draft, token
from reports.intake.submit import submit
from reports.model import Staff
from reports.roster import found, invitation
from reports.roster.invitation import Authority
from reports.roster.keyring import Keyring
from reports.roster.sign_in import SALT_BYTES
from reports.roster.words import to_groups
from reports.vault import Vault, unwrap
from webapp import clock
from webapp.commands.init import found_instance, prepare
from webapp.config import Config
from webapp.db import current, transaction

CODES_TOLD = 5
FILLING_IN = timedelta(minutes=3)
PEOPLE = (("Bela", "triager", "BE"), ("Chidi", "triager", "NL"))


@dataclass(frozen=True)
class SignIn:
    """What somebody needs to sign in at the desk of a demonstration."""

    name: str
    role: str
    password: str
    totp_secret: str


@click.command("demo")
@click.option("--reports", "count", type=click.IntRange(0, 100_000), default=20, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def demo(count: int, seed: int, as_json: bool) -> None:
    """Fill an empty instance with made-up reports and three members of staff.

    Refuses in production, and an instance that holds a report or a set-up account.
    """
    config: Config = current_app.extensions["config"]
    if config.domain.production:
        raise click.ClickException("this is a production instance: nothing is made up here")
    vault = prepare()
    if not found.is_untouched(current()):
        raise click.ClickException("this instance is in use: nothing was changed")
    with transaction() as session:
        found.undo(session)
    founding = found_instance(vault)
    now = clock.now()
    people = _staff(vault, founding.invitation, config.domain.countries, now)
    receipts = [_send(vault, report, now) for report in made_up(count, seed)]
    told = {
        "staff": [asdict(person) for person in people],
        "receipt_codes": receipts[:CODES_TOLD],
        "reports": count,
        "recovery_key": founding.recovery_key,
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


def _staff(
    vault: Vault, first_token: str, countries: tuple[str, ...], now: datetime
) -> list[SignIn]:
    """Dana administers; Bela and Chidi each do triage at one desk."""
    dana, keyring = _set_up(vault, first_token, "Dana", now)
    people = [dana]
    for name, role, country in PEOPLE:
        if country not in countries:
            continue
        with transaction() as session:
            authority = Authority.of(session, keyring)
            desk_ids = [desk.id for desk in keyring.desks(session) if desk.country == country]
            link = invitation.invite(session, vault, name, role, desk_ids, now, authority=authority)
        people.append(_set_up(vault, link, name, now)[0])
    return people


def _set_up(vault: Vault, link: str, name: str, now: datetime) -> tuple[SignIn, Keyring]:
    """Accept an invitation as its owner would, with a random password."""
    password = to_groups(secrets.token_bytes(12)).lower()
    salt = secrets.token_bytes(SALT_BYTES)
    key = vault.password_key(password, salt)
    staff, raw = invitation.find(current(), link, now)
    secret = invitation.totp_secret(vault, raw)
    # The code of the step before, so that the first sign-in finds this step's code unused.
    code = pyotp.TOTP(secret).at(now - timedelta(seconds=30))
    with transaction() as session:
        invitation.accept(
            session,
            vault,
            link,
            name=name,
            chosen=password,
            salt=salt,
            key=key,
            one_time_code=code,
            now=now,
        )
    member: Staff = current().get_one(Staff, staff.id)
    private = unwrap(key, member.private_by_password or b"", kind="staff key", id=member.id.bytes)
    return SignIn(name, member.role, password, secret), Keyring(member, private)


def _send(vault: Vault, report: MadeUp, now: datetime) -> str:
    """One report, by the way that a reporter takes; returns its receipt code."""
    moment = now - timedelta(hours=report.hours_ago)
    form = token.read(vault, token.issue(vault, moment - FILLING_IN), moment)
    code = codes.from_token(form.secret)
    with transaction() as session:
        draft.save(session, form, report.answers, moment)
    answers = draft.load(current(), form, moment) or {}
    key = vault.receipt_key(code.locator, code.secret)
    with transaction() as session:
        # Made-up reports come all at once; like those of a browser with script they bring work.
        submit(session, vault, form, answers, key, moment, language=report.language, worked=True)
    return code.grouped


def _in_words(told: dict[str, object]) -> str:
    lines = [f"{told['reports']} made-up reports are here. Sign in at /desk/ as:"]
    people = told["staff"]
    assert isinstance(people, list)
    lines += [
        f"  {p['name']} ({p['role']})  password {p['password']}  TOTP secret {p['totp_secret']}"
        for p in people
    ]
    receipts = told["receipt_codes"]
    assert isinstance(receipts, list)
    lines += ["Receipt codes of some reports:", *(f"  {code}" for code in receipts)]
    lines += ["Recovery key of this demonstration:", f"  {told['recovery_key']}"]
    return "\n".join(lines)
