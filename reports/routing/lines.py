"""Finds the line of a country file that a fault names, for whoever has to change it."""

import re
from pathlib import Path

from reports.routing.faults import FileFault

NAMED_TABLE = re.compile(r"(?P<table>\w+)\.(?P<key>\w+)(?:\.(?P<field>\w+))?")
IDS = re.compile(r"\[([^\]]+)\]")


def find_line(folder: Path, fault: FileFault) -> int | None:
    """Returns the line (from 1) of the table or key of a fault, or None where it is not found."""
    try:
        lines = (folder / fault.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    field = None if fault.key.endswith("]") else fault.key.rpartition(".")[2]
    if named := NAMED_TABLE.fullmatch(fault.key):
        return _find_field(lines, _find(lines, f"[{named['table']}.{named['key']}]"), field)
    for name in reversed(IDS.findall(fault.key)):
        if start := _find(lines, f'id = "{name}"'):
            return _find_field(lines, start, field)
    return _find_field(lines, None, field)


def format_fault(folder: Path, fault: FileFault) -> str:
    """Returns a fault as `file:line: key: sentence`, without the line where it is not found."""
    line = find_line(folder, fault)
    place = fault.file if line is None else f"{fault.file}:{line}"
    return f"{place}: {fault.key}: {fault.sentence}"


def _find(lines: list[str], wanted: str) -> int | None:
    return next((at for at, line in enumerate(lines, 1) if line == wanted), None)


def _find_field(lines: list[str], start: int | None, field: str | None) -> int | None:
    """Returns the line of `field` in the table around line `start` (None: before all tables), or
    else `start`."""
    if field is None:
        return start
    for at, line in enumerate(lines[start or 0 :], (start or 0) + 1):
        if line.startswith("["):
            break
        if line.startswith(f"{field} = "):
            return at
    return start
