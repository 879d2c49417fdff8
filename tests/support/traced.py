"""What a process asked of the kernel, in order, from a record of `strace -f -y`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = "fsync,fdatasync,unlink,unlinkat,recvfrom,sendto,sendmsg,pwrite64"
_DONE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)")


@dataclass(frozen=True)
class Call:
    """One call that has returned without an error; `told` is its arguments as strace shows them."""

    name: str
    told: str


def read(record: Path) -> list[Call]:
    """The calls of all threads, in the order in which they returned."""
    found: list[Call] = []
    begun: dict[tuple[str, str], str] = {}
    for line in record.read_text(errors="replace").splitlines():
        if whole := _BEGUN.match(line):
            begun[whole[1], whole[2]] = whole[3]
        elif whole := _RESUMED.match(line):
            told = begun.pop((whole[1], whole[2]), "") + whole[3]
            if int(whole[4]) >= 0:
                found.append(Call(whole[2], told))
        elif (whole := _DONE.match(line)) and int(whole[4]) >= 0:
            found.append(Call(whole[2], whole[3]))
    return found


def missing_before_answer(calls: Sequence[Call], asked: str) -> list[str]:
    """What did not happen between the last request that holds `asked` and its answer.

    SQLite's order for a transaction that must outlive a power cut: the journal reaches the disk,
    the database is written and reaches the disk, the journal goes, its folder reaches the disk.
    """
    requests = [
        at for at, call in enumerate(calls) if call.name == "recvfrom" and asked in call.told
    ]
    if not requests:
        return ["the request itself"]
    rest = calls[requests[-1] :]
    answers = [at for at, call in enumerate(rest) if _answers(call)]
    if not answers:
        return ["an answer"]
    steps = {
        "the journal synced": lambda call: _synced(call, ".db-journal>"),
        "the database written": lambda call: call.name == "pwrite64" and ".db>" in call.told,
        "the database synced": lambda call: _synced(call, ".db>"),
        "the journal removed": lambda call: "unlink" in call.name and ".db-journal" in call.told,
        "the folder synced": lambda call: call.name.endswith("sync") and ".db" not in call.told,
    }
    missing, place = [], 0
    for name, happened in steps.items():
        found = next((at for at in range(place, answers[0]) if happened(rest[at])), None)
        if found is None:
            missing.append(name)
        else:
            place = found + 1
    return missing


def _answers(call: Call) -> bool:
    return call.name in ("sendto", "sendmsg") and "HTTP/1.1 " in call.told


def _synced(call: Call, ending: str) -> bool:
    return call.name in ("fsync", "fdatasync") and ending in call.told
