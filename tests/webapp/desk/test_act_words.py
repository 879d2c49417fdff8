"""Every act that custody can record has words at the desk: a page never shows a bare code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.support import house
from tests.support.house import Source
from webapp.desk.labels import ACT

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = house.read(ROOT, ("reports",), (".py",))
RECORDERS = {"record", "record_look", "CustodyEntry"}
ELSEWHERE = {
    # Said by the new status.
    "moved",
    # In the chain of the instance, which no page shows: people, keys, searches, backups.
    *("founded", "recovery_key_used", "restored", "signed_in", "staff_invited", "staff_set_up"),
    *("contact_confirmed", "contact_proposed", "erased", "signing_began", "withdrawn"),
}


def find_codes(source: Source) -> Iterator[str]:
    """The codes that stand in a file as the act of a line about a report."""
    for node in source.nodes:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = 1 if name in ("record", "record_look") else 0
            if name in RECORDERS and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def test_every_act_has_words() -> None:
    codes = {code for each in DOMAIN for code in find_codes(each)} - ELSEWHERE
    assert len(codes) > 20
    assert sorted(codes - ACT.keys()) == []


def test_an_act_without_words_is_seen() -> None:
    text = 'act.record(report, "stamped", {})\nentry = CustodyEntry("folded", {}, None)'
    assert set(find_codes(Source(PurePosixPath("reports/a.py"), text))) == {"stamped", "folded"}
