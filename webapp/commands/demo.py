"""`demo`: fill an empty instance with made-up reports in every state, through the real intake."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

import click
import pyotp
from sqlalchemy import select

from reports import stores
from reports.demo import timeline
from reports.demo.fates import PORTAL
from reports.demo.instance import DemoInstance, confirm_offices
from reports.demo.stories import MadeUpReport, generate_reports
from reports.instance import read_instance_id
from reports.model import Desk, Staff
from reports.roster import bootstrap, invitation
from reports.roster.bootstrap import Founding
from reports.roster.invitation import AccountSetup, Authority, NewMember
from reports.roster.keyring import Keyring
from reports.roster.password import ChosenPassword
from reports.roster.sign_in import SALT_BYTES
from reports.secret_text import format_groups
from reports.territory import get_territory
from reports.vault import Marker, Vault, find_key_folder, unwrap
from webapp.commands.init import (
    create_instance,
    list_own_stores,
    mark_keys,
    mark_stores,
    prepare,
)
from webapp.desk.packet_language import choose_language
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import forget_instance, get_session, transaction
from webapp.staff_auth import DESK_HOME

CODES_TOLD: Final = 5
LAST_YEAR: Final = 60
"""Reports at most that were closed in the year before, and erased since."""
TRIAGERS: Final = ("Bela", "Chidi")
"""Who reads at the desks of the first two countries; at the others the supervisor does."""
SUPERVISOR: Final = "Emil"
LIAISON: Final = "Fatou"


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
@click.option("--new", "only_new", is_flag=True, help="Nobody has read any of them; quicker.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def demo(count: int, seed: int, only_new: bool, as_json: bool) -> None:
    """Fill an empty instance with made-up reports, staff, and offices to send to.

    Reports are in every state there is, the first of each kind first; a year that is over is
    counted and published. Refuses in production, and an instance that holds a report or a set-up
    account.
    """
    config = get_services().config
    if config.domain.production:
        raise click.ClickException("this is a production instance: nothing is made up here")
    prepare()
    if not bootstrap.is_untouched(get_session()):
        raise click.ClickException("this instance is in use: nothing was changed")
    founding, vault = _found_anew()
    now = clock.now()
    lived = count > 0 and not only_new
    people, keyrings = _staff(vault, founding.invitation, now, liaison=lived)
    place = _place(vault, keyrings, seed)
    if lived:
        _before(place, count, seed, now)
    receipts = _send(
        place, generate_reports(count, seed, config.domain.countries, only_new=only_new), now
    )
    if lived:
        _after(place, seed, now)
    told = {
        "staff": [asdict(person) for person in people],
        "receipt_codes": receipts[:CODES_TOLD],
        "reports": count,
        "recovery_key": founding.recovery_key,
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


def _found_anew() -> tuple[Founding, Vault]:
    """Found in place of the instance that nobody has used: its id and its pepper go on."""
    keys = find_key_folder(get_services().config.domain.data_dir)
    with transaction() as session:
        before = stores.list_instance_ids(session)
        stores.require_free(list_own_stores(), before)
        if bootstrap.is_founded(session):
            keys.write_marker(Marker(read_instance_id(session), founding=True))
        bootstrap.undo(session)
    forget_instance()
    made = create_instance()
    mark_keys()
    mark_stores(before=before)
    return made


def _place(vault: Vault, keyrings: dict[str, Keyring], seed: int) -> DemoInstance:
    config = get_services().config
    readers = _list_readers()
    here = {
        name: readers.get(name, SUPERVISOR) for name in get_session().scalars(select(Desk.name))
    }
    return DemoInstance(
        session=get_session(),
        vault=vault,
        settings=config.domain,
        countries=get_countries(),
        store=get_services().store,
        scrubber=get_services().scrubber,
        people=keyrings,
        first=here,
        words=choose_language,
        random=Random(seed),  # plays no part in any key
    )


def _list_readers() -> dict[str, str]:
    """Who does triage at which desk, by the desk's name."""
    names = [code.lower() for code in get_territory().codes]
    return dict(zip(names, TRIAGERS, strict=False))


def _before(place: DemoInstance, count: int, seed: int, now: datetime) -> None:
    """Offices to write to, and a year that is over: it is counted, and its reports are erased."""
    year = now.year - 1
    with transaction() as session:
        confirm_offices(session, place.vault, place.countries, now)
    closed = generate_reports(
        min(2 * count, LAST_YEAR), seed + 1, place.settings.countries, only_new=True
    )
    with transaction():
        for number, made in enumerate(closed):
            timeline.close_in_year(place, made, year, number)
        timeline.publish_year(place, year, now)


def _send(place: DemoInstance, reports: Iterable[MadeUpReport], now: datetime) -> list[str]:
    """Let each report come and live until now; the receipt codes."""
    receipts = []
    for made in reports:
        with transaction():
            receipts.append(timeline.play(place, made, now).code.grouped)
    return receipts


def _after(place: DemoInstance, seed: int, now: datetime) -> None:
    """One report more that was withdrawn, and who has not answered in time."""
    with transaction():
        timeline.withdraw_report(
            place, next(generate_reports(1, seed, place.settings.countries)), now
        )
    with transaction():
        timeline.chase(place, now)


def _staff(
    vault: Vault, first_token: str, now: datetime, *, liaison: bool
) -> tuple[list[SignIn], dict[str, Keyring]]:
    """Dana administers; Bela and Chidi each do triage at one desk; Emil supervises all.

    Fatou is a liaison, where there is something for her.
    """
    signed = [_set_up(vault, first_token, "Dana", now)]
    dana = signed[0][1]
    known = {desk.name: desk.id for desk in dana.list_desks(get_session())}
    people = [(who, "triager", [desk]) for desk, who in _list_readers().items()]
    for name, role, wanted in (*people, (SUPERVISOR, "supervisor", [*known])):
        desk_ids = [known[desk] for desk in wanted if desk in known]
        if desk_ids:
            link = _invite(vault, dana, NewMember(name, role, tuple(desk_ids)), now)
            signed.append(_set_up(vault, link, name, now))
    if liaison and PORTAL in get_countries().contacts:
        lia = NewMember(LIAISON, "liaison", contact_id=PORTAL)
        link = _invite(vault, dana, lia, now)
        signed.append(_set_up(vault, link, LIAISON, now))
    return [person for person, _ in signed], {person.name: key for person, key in signed}


def _invite(vault: Vault, dana: Keyring, member: NewMember, now: datetime) -> str:
    with transaction() as session:
        authority = Authority.from_keyring(session, dana)
        return invitation.invite(session, vault, member, now, authority)


def _set_up(vault: Vault, link: str, name: str, now: datetime) -> tuple[SignIn, Keyring]:
    """Accept an invitation as its owner would, with a random password."""
    password = format_groups(secrets.token_bytes(12)).lower()
    salt = secrets.token_bytes(SALT_BYTES)
    chosen = ChosenPassword(password, salt, vault.derive_password_key(password, salt))
    staff, raw = invitation.find(get_session(), link, now)
    secret = invitation.derive_totp_secret(vault, raw)
    # The code of the step before, so that the first sign-in finds this step's code unused.
    code = pyotp.TOTP(secret).at(now - timedelta(seconds=30))
    setup = AccountSetup(name, chosen, code)
    with transaction() as session:
        invitation.accept(session, vault, link, setup, now)
    member: Staff = get_session().get_one(Staff, staff.id)
    wrapped = member.private_by_password or b""
    private = unwrap(chosen.key, wrapped, kind="staff key", id=member.id.bytes)
    return SignIn(name, member.role, password, secret), Keyring(member, private, vault.outer_keys)


def _in_words(told: dict[str, object]) -> str:
    desk = f"{get_services().config.desk_origin}{DESK_HOME}"
    lines = [f"{told['reports']} made-up reports are here. Sign in at {desk} as:"]
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
