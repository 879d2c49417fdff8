"""The instance for made-up reports: its staff, and contact points that can be sent to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from pysequoia import Profile, Tsk
from sqlalchemy.orm import Session

from reports import codes
from reports.attachments import ingest, uploads
from reports.attachments.uploads import AnnouncedFile, UploadOwner
from reports.blobs import Store
from reports.codes import ReceiptCode
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.packet_content import PacketLanguage
from reports.demo.fates import OFFICES
from reports.demo.sample_files import KINDS
from reports.demo.stories import MadeUpReport
from reports.intake import draft, token
from reports.intake.spam_check import Circumstances
from reports.intake.submit import CompletedForm, submit
from reports.intake.token import Token
from reports.model import Report
from reports.roster.keyring import Keyring
from reports.routing.country import Countries
from reports.routing.entries import Contact
from reports.scrub.scrubber import Scrubber
from reports.settings import Settings
from reports.vault import Vault

FILLING_IN: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class DemoInstance:
    """Everything that playing a report needs.

    `people` maps names to keyrings; `first` maps a desk's name to who reads its reports.
    """

    session: Session
    vault: Vault
    settings: Settings
    countries: Countries
    store: Store
    scrubber: Scrubber
    people: Mapping[str, Keyring]
    first: Mapping[str, str]
    words: Callable[[Contact], PacketLanguage]
    random: Random

    def __repr__(self) -> str:
        return "DemoInstance(...)"


@dataclass(frozen=True)
class SentReport:
    """A submitted report, with the receipt code and its derived key."""

    report: Report
    code: ReceiptCode
    key: bytes

    def __repr__(self) -> str:
        return "SentReport(...)"


def confirm_offices(session: Session, vault: Vault, countries: Countries, now: datetime) -> None:
    """Confirms an address for each of `OFFICES`: mail addresses that do not exist, with new
    keys."""
    for contact_id, channel in OFFICES.items():
        if contact_id not in countries.contacts:
            continue
        email, certificate = "", b""
        if channel == "openpgp":
            email = f"{contact_id}@example.invalid"
            made = Tsk.generate(f"<{email}>", profile=Profile.RFC4880)
            certificate = bytes(made.extract_certificate())
        details = ContactDetails(channel, email, certificate)
        contact_settings.confirm(session, vault, contact_id, details, now)


def send_report(
    place: DemoInstance, made: MadeUpReport, moment: datetime, key: bytes | None = None
) -> SentReport:
    """Submits one report, in the way that a reporter does.

    `key` replaces the slow key of a receipt code that nobody will ever type.
    """
    session, vault = place.session, place.vault
    form = token.read(vault, token.issue(vault, moment - FILLING_IN), moment)
    code = codes.derive_code(form.secret)
    draft.save(session, form, made.answers, moment)
    for kind in made.files:
        _add_file(place, form, *KINDS[kind](place.random), moment)
    answers = draft.load(session, form, moment) or {}
    key = key or vault.derive_receipt_key(code.locator, code.secret)
    # Made-up reports come all at once; like a browser with script, they carry a proof of work.
    came = Circumstances(trapped=made.fate.name == "unverified", worked=True)
    sent = CompletedForm(answers, key, made.language, came)
    receipt = submit(session, vault, form, sent, moment)
    return SentReport(session.get_one(Report, receipt.report_id), code, key)


def _add_file(place: DemoInstance, form: Token, name: str, data: bytes, moment: datetime) -> None:
    holder = UploadOwner.from_secret(form.secret)
    begun = uploads.start(place.session, holder, AnnouncedFile(name, len(data)), moment)
    stored = ingest.store_file(place.store, place.scrubber, begun, lambda: [data])
    uploads.complete(place.session, holder, begun, stored, moment)
