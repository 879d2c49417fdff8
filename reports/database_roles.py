"""What each process may do in PostgreSQL: a role for each, table by table, as SQL.

The public site may do what its code does and no more. It inserts reports and drafts, finds a report
by its locator, appends to a thread, and erases what a reporter withdraws; it reads no note, no
packet and nobody of the staff. Where it erases rows it cannot read more of them than which report
they belong to, and all of this only for a report whose secret it shows (`reports.database_rows`).
SQLite has no roles: there the file is one right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from reports import database_rows
from reports.model import Base

PREFIX: Final = "wayside_"
PUBLIC, DESK, WORKER, BACKUP, MIGRATOR = "public", "desk", "worker", "backup", "migrator"
ROLES: Final = (PUBLIC, DESK, WORKER, BACKUP, MIGRATOR)
REVISION_TABLE: Final = "alembic_version"
"""Which schema this is; every process compares it and none but the migrator changes it."""


@dataclass(frozen=True)
class Rights:
    """What a role may do with a table; `select` and `update` name columns, or `*` for all."""

    select: Sequence[str] = ()
    insert: bool = False
    update: Sequence[str] = ()
    delete: bool = False

    def list_privileges(self) -> Iterator[str]:
        """Yields the privileges as GRANT takes them."""
        for word, columns in (("SELECT", self.select), ("UPDATE", self.update)):
            if columns:
                named = ", ".join(f'"{column}"' for column in columns)
                yield word if tuple(columns) == ALL else f"{word} ({named})"
        for word, given in (("INSERT", self.insert), ("DELETE", self.delete)):
            if given:
                yield word


ALL: Final = ("*",)
NONE: Final = Rights()
READS: Final = Rights(select=ALL)
WRITES: Final = Rights(select=ALL, insert=True, update=ALL, delete=True)


_VERIFIES: Final = Rights(select=("id", "staff_id", "role", "public", "signature"))
"""Whose signature it is, and nothing of what signs."""


def _erase(*columns: str) -> Rights:
    """Erases rows that these columns find, and reads no others."""
    return Rights(select=columns, delete=True)


TABLES: Final[Mapping[str, Mapping[str, Rights]]] = MappingProxyType(
    {
        "attachment": {PUBLIC: WRITES, DESK: WRITES, WORKER: WRITES},
        "claim": {PUBLIC: _erase("report_id"), DESK: WRITES, WORKER: WRITES},
        "clock_record": {PUBLIC: READS, DESK: WRITES, WORKER: WRITES},
        "contact_change": {PUBLIC: NONE, DESK: WRITES, WORKER: READS},
        "contact_setting": {PUBLIC: NONE, DESK: WRITES, WORKER: READS},
        "custody_line": {
            PUBLIC: Rights(select=ALL, insert=True, delete=True),
            DESK: Rights(select=ALL, insert=True, delete=True),
            WORKER: Rights(select=ALL, insert=True, delete=True),
        },
        "delivery": {
            PUBLIC: _erase("id", "referral_id", "state"),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "desk": {PUBLIC: READS, DESK: WRITES, WORKER: READS},
        "desk_grant": {PUBLIC: NONE, DESK: WRITES, WORKER: READS},
        "desk_key": {PUBLIC: READS, DESK: WRITES, WORKER: READS},
        "draft": {PUBLIC: WRITES, DESK: NONE, WORKER: _erase("id_hash", "expires_at")},
        "erased_report": {
            PUBLIC: Rights(select=("id",), insert=True),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "finding": {
            PUBLIC: _erase("report_id"),
            DESK: WRITES,
            # Whose turn it is follows from what waits for a second person; what it says, from none.
            WORKER: _erase("id", "report_id", "kind", "staff_id", "day"),
        },
        "found_identifiers": {
            PUBLIC: _erase("report_id"),
            DESK: WRITES,
            WORKER: _erase("report_id"),
        },
        "guess": {
            PUBLIC: WRITES,
            DESK: WRITES,
            WORKER: Rights(select=("day", "minute"), update=("minute", "in_minute"), delete=True),
        },
        "intake_hour": {
            PUBLIC: Rights(select=ALL, insert=True, update=("reports",)),
            DESK: NONE,
            WORKER: _erase("key"),
        },
        "let_go": {PUBLIC: WRITES, DESK: WRITES, WORKER: _erase("id_hash", "expires_at")},
        "lease": {PUBLIC: NONE, DESK: READS, WORKER: WRITES},
        "legal_hold": {PUBLIC: _erase("report_id"), DESK: WRITES, WORKER: WRITES},
        "link_token": {PUBLIC: _erase("report_id"), DESK: WRITES, WORKER: _erase("report_id")},
        "membership": {PUBLIC: NONE, DESK: WRITES, WORKER: READS},
        "message": {
            PUBLIC: Rights(select=ALL, insert=True, delete=True),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "note": {PUBLIC: _erase("report_id"), DESK: WRITES, WORKER: _erase("report_id")},
        "notice_address": {PUBLIC: NONE, DESK: WRITES, WORKER: WRITES},
        "organisation": {
            PUBLIC: Rights(select=ALL, update=("custody_number", "custody_seal")),
            DESK: WRITES,
            WORKER: Rights(select=ALL, update=("custody_number", "custody_seal")),
        },
        "passkey": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        "portal_key": {
            PUBLIC: _erase("delivery_id", "staff_id"),
            DESK: WRITES,
            WORKER: _erase("delivery_id", "staff_id"),
        },
        "proposal": {PUBLIC: _erase("report_id"), DESK: WRITES, WORKER: WRITES},
        "publication": {PUBLIC: READS, DESK: WRITES, WORKER: NONE},
        "referral": {PUBLIC: _erase("id", "report_id"), DESK: WRITES, WORKER: WRITES},
        "referral_answer": {PUBLIC: _erase("id", "referral_id"), DESK: WRITES, WORKER: WRITES},
        "report": {
            PUBLIC: Rights(
                select=ALL,
                insert=True,
                update=(
                    *("has_attachments", "updated_day", "custody_number", "custody_seal"),
                    *("private_by_desk", "private_by_code", "proof"),
                    *("turn", "turn_rank", "turn_sleeps", "turn_place"),
                ),
                delete=True,
            ),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "report_body": {
            PUBLIC: Rights(select=("report_id",), insert=True, delete=True),
            DESK: WRITES,
            WORKER: _erase("report_id"),
        },
        "report_link": {
            PUBLIC: _erase("low_id", "high_id"),
            DESK: WRITES,
            WORKER: _erase("low_id", "high_id"),
        },
        "reporter_session": {
            PUBLIC: Rights(select=ALL, insert=True, update=("sealed", "expires_at"), delete=True),
            DESK: NONE,
            WORKER: _erase("expires_at"),
        },
        "roster_grant": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        "saved_view": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        "signing_key": {PUBLIC: _VERIFIES, DESK: WRITES, WORKER: _VERIFIES},
        "skipped_report": {
            PUBLIC: _erase("report_id"),
            DESK: WRITES,
            WORKER: _erase("report_id", "until_hour"),
        },
        "spare_code": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        # SQLite alone has rows of it.
        "spent_slot": {PUBLIC: NONE, DESK: NONE, WORKER: NONE},
        "staff": {
            PUBLIC: NONE,
            DESK: WRITES,
            WORKER: Rights(select=("id", "name", "role", "state", "language", "contact_id")),
        },
        "staff_session": {
            PUBLIC: NONE,
            DESK: WRITES,
            WORKER: _erase("staff_id", "started_at", "seen_at"),
        },
        "statistic": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        "tombstone": {
            PUBLIC: Rights(select=("id",), insert=True),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "turn": {
            # To begin one. Whose turn it is, the worker finds.
            PUBLIC: Rights(select=("report_id", "reason", "about"), insert=True, delete=True),
            DESK: WRITES,
            WORKER: WRITES,
        },
        "used_key": {PUBLIC: NONE, DESK: WRITES, WORKER: NONE},
        "worker_turn": {PUBLIC: NONE, DESK: READS, WORKER: WRITES},
    }
)
"""The rights of the processes, for each table. Backups read all, and the migrator owns all."""


def format_sql(prefix: str = PREFIX) -> str:
    """Returns the statements that make the roles and give each exactly its rights.

    They may run again, and take back what a role has more. The roles have no password: whoever runs
    the database gives them one, or another way to be known.
    """
    return "\n".join(_list_statements(prefix)) + "\n"


def _list_statements(prefix: str) -> Iterator[str]:
    for role in ROLES:
        name = f"{prefix}{role}"
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
            f'THEN CREATE ROLE "{name}" LOGIN; END IF; END $$;'
        )
        yield f'GRANT USAGE ON SCHEMA public TO "{name}";'
        yield f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{name}";'
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    yield f'GRANT CREATE ON SCHEMA public TO "{prefix}{MIGRATOR}";'
    for table in sorted((*Base.metadata.tables, REVISION_TABLE)):
        yield f'ALTER TABLE "{table}" OWNER TO "{prefix}{MIGRATOR}";'
        for role in ROLES[:-1]:
            rights = TABLES[table][role] if table in TABLES and role != BACKUP else READS
            if told := ", ".join(rights.list_privileges()):
                yield f'GRANT {told} ON "{table}" TO "{prefix}{role}";'
    others = [f"{prefix}{role}" for role in ROLES if role != PUBLIC]
    yield from database_rows.list_statements(f"{prefix}{PUBLIC}", others)
