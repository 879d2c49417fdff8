"""Parses contact points: numbers, hours, addresses, and whether the police are told."""

import re
from datetime import UTC, time, tzinfo
from typing import cast
from urllib.parse import urlsplit

from reports.routing.entries import (
    AREAS,
    CATEGORIES,
    CHECKED,
    DAYS,
    POLICE_ANSWERS,
    REACHES,
    SERVES,
    Checked,
    Contact,
    Hours,
    HoursKind,
    Phone,
    PoliceAnswer,
    PoliceTold,
    SourceReview,
    Span,
)
from reports.routing.reader import TomlTable

NO_HOURS = Hours("unknown", UTC)
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
SHORT_CODE = re.compile(r"[0-9]{3,6}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
CONTACT_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def read_review(table: TomlTable) -> SourceReview:
    """Reads `source`, `reviewed_on` and `checked` of a fact or a contact point."""
    return SourceReview(
        source=table.read_text("source"),
        reviewed_on=table.read_date("reviewed_on"),
        checked=cast(Checked, table.read_choice("checked", CHECKED)),
    )


def read_contact(table: TomlTable, country: str, regions: tuple[str, ...], zone: tzinfo) -> Contact:
    """Reads one contact point of `country`, which has these regions and this time zone."""
    contact = Contact(
        id=table.read_text("id"),
        country=country,
        public=table.read_flag("public"),
        guarded=table.read_flag("guarded", default=False),
        name=table.read_text("name"),
        english_name=table.read_text("english_name"),
        category=table.read_choice("category", CATEGORIES),
        role=table.read_text("role"),
        serves=table.read_choice("serves", SERVES),
        regions=table.read_choices("regions", (*AREAS, *regions)),
        phones=tuple(_read_phone(phone) for phone in table.read_tables("phones")),
        emails=table.read_texts("emails"),
        websites=table.read_texts("websites"),
        visiting_address=table.read_optional_text("visiting_address"),
        postal_address=table.read_optional_text("postal_address"),
        hours=read_hours(table.read_table("hours"), zone),
        languages=table.read_texts("languages"),
        police_told=_read_police_told(table.read_table("police_told")),
        notes=table.read_texts("notes"),
        review=read_review(table),
        network=table.read_flag("network", default=False),
    )
    _check_contact(contact, table)
    table.close()
    return contact


def _check_contact(contact: Contact, table: TomlTable) -> None:
    if contact.public and contact.guarded:
        table.note_fault("guarded", "what the public may see is not guarded")
    if not CONTACT_ID.fullmatch(contact.id):
        table.note_fault("id", "an id is lower-case words joined by hyphens")
    for email in contact.emails:
        if not EMAIL.fullmatch(email):
            table.note_fault("emails", f"{email!r} is no e-mail address")
    for website in contact.websites:
        parts = urlsplit(website)
        if parts.scheme not in ("https", "http") or "." not in parts.netloc or " " in website:
            table.note_fault("websites", f"{website!r} is no web address")
    for language in contact.languages:
        if not LANGUAGE.fullmatch(language):
            table.note_fault("languages", f"{language!r} is no language code")


def _read_phone(table: TomlTable) -> Phone:
    """Reads a phone number: exactly one of `e164` and `short_code`."""
    phone = Phone(
        e164=table.read_optional_text("e164"),
        short_code=table.read_optional_text("short_code"),
        printed=table.read_text("printed"),
        from_abroad=table.read_choice("from_abroad", REACHES),
        note=table.read_optional_text("note"),
        free=table.read_flag("free") if table.has("free") else None,
        mobile=table.read_flag("mobile", default=False),
    )
    if (phone.e164 is None) == (phone.short_code is None):
        table.note_fault("", "a phone has either e164 or short_code, exactly one of them")
    if phone.e164 is not None and not E164.fullmatch(phone.e164):
        table.note_fault("e164", f"{phone.e164!r} is not E.164; a short code has its own field")
    if phone.short_code is not None and not SHORT_CODE.fullmatch(phone.short_code):
        table.note_fault("short_code", f"{phone.short_code!r} is no short code")
    if phone.mobile and phone.e164 is None:
        table.note_fault("mobile", "a short code is no mobile phone")
    table.close()
    return phone


def read_hours(table: TomlTable | None, zone: tzinfo) -> Hours:
    """Reads `always`, `unknown`, or `weekly` with spans, in the time zone `zone`."""
    if table is None:
        return NO_HOURS
    kind = table.read_choice("kind", ("always", "weekly", "unknown"))
    spans = tuple(_read_span(span) for span in table.read_tables("spans"))
    if (kind == "weekly") != bool(spans):
        table.note_fault("spans", "weekly hours need spans, and no other hours have them")
    table.close()
    return Hours(cast(HoursKind, kind), zone, spans)


def _read_span(table: TomlTable) -> Span:
    days = table.read_choices("days", DAYS)
    if not days:
        table.note_fault("days", "a span needs at least one day")
    start, end = _read_clock(table, "start"), _read_clock(table, "end")
    if start >= end:
        table.note_fault("end", "a span ends after it starts, on the same day")
    table.close()
    return Span(tuple(DAYS.index(day) for day in days if day in DAYS), start, end)


def _read_clock(table: TomlTable, name: str) -> time:
    text = table.read_text(name)
    if not CLOCK.fullmatch(text):
        if text:
            table.note_fault(name, f"{text!r} is no time such as 09:00")
        return time.min if name == "start" else time.max
    return time.max if text == "24:00" else time.fromisoformat(text)


def _read_police_told(table: TomlTable | None) -> PoliceTold:
    if table is None:
        return PoliceTold("unknown", "")
    told = PoliceTold(
        answer=cast(PoliceAnswer, table.read_choice("answer", POLICE_ANSWERS)),
        reason=table.read_text("reason"),
    )
    table.close()
    return told
