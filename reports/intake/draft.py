"""Drafts: the answers so far, encrypted under a key derived from the form token.

The server keeps no key, so it cannot read a draft between two requests. A draft expires one hour
after it was last saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.attachments import uploads
from reports.attachments.uploads import UploadOwner
from reports.errors import SealBroken
from reports.eviction import count_minutes, count_units
from reports.intake.token import Token
from reports.model import Draft
from reports.vault import pad, unpad, unwrap, wrap

LIFETIME = timedelta(hours=1)


def save(
    session: Session,
    token: Token,
    answers: Mapping[str, str],
    now: datetime,
    network: int | None = None,
) -> None:
    """Stores `answers` under `token` for one hour from `now`, replacing what was stored before.

    The files uploaded with this form are kept as long. `network` is the tag of the sender's network
    when the form began; a draft keeps the first one.
    """
    place = token.draft_hash
    text = json.dumps(dict(answers), ensure_ascii=False).encode()
    sealed = wrap(token.draft_key, pad(text), kind="draft", id=place)
    row = session.get(Draft, place)
    if row is None:
        row = Draft(id_hash=place, network=network, begun_minute=count_minutes(now))
        session.add(row)
    row.sealed, row.units, row.expires_at = sealed, count_units(len(sealed)), now + LIFETIME
    uploads.renew(session, UploadOwner.from_secret(token.secret), now)


def load(session: Session, token: Token, now: datetime) -> dict[str, str] | None:
    """Returns the answers stored under `token`, or None when there are none or they have
    expired."""
    draft = session.get(Draft, token.draft_hash)
    if draft is None or draft.expires_at <= now:
        return None
    try:
        text = unwrap(token.draft_key, draft.sealed, kind="draft", id=draft.id_hash)
    except SealBroken:
        # A damaged draft counts as none; the form still holds the answers of the current step.
        return None
    answers: dict[str, str] = json.loads(unpad(text))
    return answers


def is_stored(session: Session, token: Token, now: datetime) -> bool:
    """Tells whether something is stored under `token` that has not expired."""
    query = select(Draft.id_hash).where(Draft.id_hash == token.draft_hash, Draft.expires_at > now)
    return session.scalar(query) is not None


def discard(session: Session, token: Token) -> None:
    """Deletes the draft stored under `token`."""
    session.execute(delete(Draft).where(Draft.id_hash == token.draft_hash))


def purge(session: Session, now: datetime) -> None:
    """Deletes all expired drafts."""
    session.execute(delete(Draft).where(Draft.expires_at <= now))
