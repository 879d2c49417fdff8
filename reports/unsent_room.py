"""The budget of what is unsent: drafts, and files of forms and visits, together.

It is far below the room at which nothing more is taken (`reports.settings`), so that nobody can use
that up without sending. When it is reached, `reports.eviction` says what goes. What was sent is
never looked at here: a report's files belong to no form any more, and its draft is gone.

Beside each draft and file stand how large it is in units, the minute in which it began, and a tag
of 12 bits that stands for its network (docs/security-parameters.md#SP-4.23). They go with its row,
and are cleared when a file becomes a report's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reports.attachments import objects, uploads
from reports.eviction import Unsent, choose_evicted
from reports.intake import draft
from reports.model import Attachment, Draft, LetGo

SPARE: Final = 16
"""One part in so many is made free beyond what has to be, so that in a flood not each form looks
through all that is held."""
MOST_NOTED: Final = 10_000
"""Of so many forms it is remembered that something of them went; a flood shall not fill the
database with what it lost."""
NOTED_FOR: Final = timedelta(hours=1)
_AT_ONCE: Final = 500

Key = TypeVar("Key", bytes, UUID)


def keep_within(session: Session, most: int, now: datetime) -> frozenset[bytes]:
    """Evicts what is too much when more than `most` units are unsent; returns the keys of it.

    A key is the id of a draft, or the bytes of a file's id. Whose draft or file it was can be told
    by `take_notice`. What another request has in hand at this moment stays.
    """
    if _count_held(session) <= most:
        return frozenset()
    draft.purge(session, now)
    uploads.purge(session, now)
    if _count_held(session) <= most:
        return frozenset()
    evicted = choose_evicted(_list_held(session), most - most // SPARE)
    keys = [each.key for each in evicted if each.kind == "text"]
    ids = [UUID(bytes=each.key) for each in evicted if each.kind == "file"]
    gone = {key for some in _split(keys) for key in _evict_drafts(session, some, now)}
    gone |= {id.bytes for part in _split(ids) for id in _evict_files(session, part, now)}
    session.expire_all()
    return frozenset(gone)


def take_notice(session: Session, place: bytes) -> bool:
    """Whether something that was held under this id or place had to go; says so once."""
    noted = delete(LetGo).where(LetGo.id_hash == place).returning(LetGo.id_hash)
    return session.scalar(noted) is not None


def purge(session: Session, now: datetime) -> None:
    """Forgets what went from forms whose hour is over."""
    session.execute(delete(LetGo).where(LetGo.expires_at <= now))


def _count_held(session: Session) -> int:
    session.flush()
    text = select(func.coalesce(func.sum(Draft.units), 0))
    files = select(func.coalesce(func.sum(Attachment.units), 0)).where(Attachment.units > 0)
    return int(session.scalar(text) or 0) + int(session.scalar(files) or 0)


def _list_held(session: Session) -> Iterator[Unsent]:
    text = select(Draft.id_hash, Draft.units, Draft.network, Draft.begun_minute, Draft.expires_at)
    for key, units, network, begun, until in session.execute(text):
        yield Unsent(key, "text", units, network, begun, until)
    files = select(
        Attachment.id,
        Attachment.units,
        Attachment.network,
        Attachment.begun_minute,
        Attachment.expires_at,
    ).where(Attachment.units > 0, Attachment.place.is_not(None))
    for id, units, network, begun, end in session.execute(files):
        if end is not None:
            yield Unsent(id.bytes, "file", units, network, begun, end)


def _evict_drafts(session: Session, keys: list[bytes], now: datetime) -> list[bytes]:
    # Locked without waiting: who saves one of these at this moment may hold what we shall want.
    free = select(Draft.id_hash).where(Draft.id_hash.in_(keys)).with_for_update(skip_locked=True)
    found = list(session.scalars(free))
    session.execute(delete(Draft).where(Draft.id_hash.in_(found)))
    _note(session, found, now)
    return found


def _evict_files(session: Session, ids: list[UUID], now: datetime) -> list[UUID]:
    free = select(Attachment.id, Attachment.place).where(
        Attachment.id.in_(ids), Attachment.place.is_not(None)
    )
    found = session.execute(free.with_for_update(skip_locked=True)).all()
    objects.erase_rows(session, Attachment.id.in_([id for id, _place in found]))
    _note(session, {place for _id, place in found if place is not None}, now)
    return [id for id, _place in found]


def _note(session: Session, places: Iterable[bytes], now: datetime) -> None:
    left = MOST_NOTED - (session.scalar(select(func.count()).select_from(LetGo)) or 0)
    for place in list(places)[: max(0, left)]:
        session.merge(LetGo(id_hash=place, expires_at=now + NOTED_FOR))
    session.flush()


def _split(keys: list[Key]) -> Iterator[list[Key]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
