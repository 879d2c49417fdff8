"""Drafts: the answers so far, sealed under a key that only the form's token gives.

The server cannot read a draft between two requests. It dies an hour after the last answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports.attachments import uploads
from reports.attachments.uploads import UploadOwner
from reports.errors import SealBroken
from reports.intake.token import Token
from reports.model import Draft
from reports.vault import pad, unpad, unwrap, wrap

LIFETIME = timedelta(hours=1)


def save(session: Session, token: Token, answers: Mapping[str, str], now: datetime) -> None:
    """Keep `answers` under `token` for another hour, in place of what was kept before."""
    place = token.draft_hash
    text = json.dumps(dict(answers), ensure_ascii=False).encode()
    sealed = wrap(token.draft_key, pad(text), kind="draft", id=place)
    session.merge(Draft(id_hash=place, sealed=sealed, expires_at=now + LIFETIME))
    uploads.renew(session, UploadOwner.from_secret(token.secret), now)


def load(session: Session, token: Token, now: datetime) -> dict[str, str] | None:
    """The answers kept under `token`, or None when there are none or their hour is over."""
    draft = session.get(Draft, token.draft_hash)
    if draft is None or draft.expires_at <= now:
        return None
    try:
        text = unwrap(token.draft_key, draft.sealed, kind="draft", id=draft.id_hash)
    except SealBroken:
        # A damaged draft is a lost draft; the form still holds the step that was typed.
        return None
    answers: dict[str, str] = json.loads(unpad(text))
    return answers


def discard(session: Session, token: Token) -> None:
    """Erase what was kept under `token`."""
    session.execute(delete(Draft).where(Draft.id_hash == token.draft_hash))


def purge(session: Session, now: datetime) -> None:
    """Erase every draft whose hour is over."""
    session.execute(delete(Draft).where(Draft.expires_at <= now))
