"""Which rows the public site's role sees in PostgreSQL: those whose secret it shows, no others.

Rights by table (`reports.database_roles`) let a public process erase a report, because withdrawing
does. Row security narrows that to the report whose case key it holds: whoever takes the process
over erases, changes and reads the rows of no report whose code is not typed meanwhile. The
processes of staff see all rows. What is shown: `reports.case_proof`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from reports.case_proof import LOCATOR, PROOF, TOKEN, VISIT
from reports.custody import INSTANCE


def _shown(setting: str) -> str:
    """What the transaction has shown, NULL where nothing was."""
    return f"nullif(current_setting('{setting}', true), '')"


def _hidden(setting: str) -> str:
    return f"decode({_shown(setting)}, 'hex')"


_PROVED: Final = f"proof = sha256({_hidden(PROOF)})"
_MINE: Final = f"(SELECT id FROM report WHERE {_PROVED})"
_LOCATED: Final = f"locator = {_shown(LOCATOR)}"
_BY_REPORT: Final = f"report_id IN {_MINE}"
_BY_REFERRAL: Final = "referral_id IN (SELECT id FROM referral)"

ROWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("claim", "finding", "found_identifiers", "legal_hold", "link_token", "message"),
                *("note", "proposal", "referral", "report_body", "skipped_report", "turn"),
            ),
            _BY_REPORT,
        ),
        # One without a report waits in an unsent form.
        "attachment": f"report_id IS NULL OR {_BY_REPORT}",
        "custody_line": f"chain IN {_MINE}",
        "delivery": _BY_REFERRAL,
        "portal_key": "delivery_id IN (SELECT id FROM delivery)",
        "referral_answer": _BY_REFERRAL,
        "report_link": f"low_id IN {_MINE} OR high_id IN {_MINE}",
        "reporter_session": f"id_hash = {_hidden(VISIT)}",
    }
)
"""Which rows of a table that belongs to reports the public site sees, changes and erases.

A subquery sees no more of the other table than the role does.
"""
REPORT: Final = "report"
TABLES: Final = (REPORT, *ROWS)
"""The tables whose rows are told apart."""
_INSTANCE_CHAIN: Final = f"chain = '{INSTANCE}'"


def list_statements(public: str, others: Sequence[str]) -> Iterator[str]:
    """Yields the SQL that shows `public` its own rows alone, and the roles `others` all of them.

    The owner of the tables sees all. The statements may run again.
    """
    named = ", ".join(f'"{role}"' for role in others)
    for table in TABLES:
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
        yield from _policy(table, "staff", f"FOR ALL TO {named} USING (true) WITH CHECK (true)")
    to = f'TO "{public}"'
    for table, rows in ROWS.items():
        yield from _policy(table, "public", f"FOR ALL {to} USING ({rows}) WITH CHECK ({rows})")
    found = f"{_LOCATED} OR token_hash = {_hidden(TOKEN)} OR {_PROVED}"
    # A report from before there were proofs gets its own from whoever has opened it with its code.
    first = f"{_PROVED} OR (proof IS NULL AND {_LOCATED})"
    yield from _policy(REPORT, "public_find", f"FOR SELECT {to} USING ({found})")
    yield from _policy(REPORT, "public_send", f"FOR INSERT {to} WITH CHECK ({_PROVED})")
    changed = f"FOR UPDATE {to} USING ({first}) WITH CHECK ({_PROVED})"
    yield from _policy(REPORT, "public_change", changed)
    yield from _policy(REPORT, "public_erase", f"FOR DELETE {to} USING ({_PROVED})")
    # The chain of the instance says that a report was withdrawn; nobody's lines go from it.
    yield from _policy("custody_line", "public_read", f"FOR SELECT {to} USING ({_INSTANCE_CHAIN})")
    added = f"FOR INSERT {to} WITH CHECK ({_INSTANCE_CHAIN})"
    yield from _policy("custody_line", "public_append", added)


def _policy(table: str, name: str, rule: str) -> Iterator[str]:
    yield f'DROP POLICY IF EXISTS "wayside_{name}" ON "{table}";'
    yield f'CREATE POLICY "wayside_{name}" ON "{table}" {rule};'
