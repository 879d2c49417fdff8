"""ZIP archives: their limits, and the documents among them.

Only the directory of an archive is read until the limits are checked. An archive that is not a
document is left as it is and never unpacked.
"""

from __future__ import annotations

import codecs
import io
import zipfile
from typing import Final

from reports.scrub import office, opendocument
from reports.scrub.package import Parts
from reports.scrub.refusal import Unclean
from reports.scrub.remarks import PARTS, Remarks

MOST_ENTRIES: Final = 2_000
MOST_BYTES: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 100
"""Limits against decompression bombs: docs/security-parameters.md#SP-4.8."""
_MAIN: Final = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
"""The part that tells what an archive is."""
_SMALL: Final = 1024 * 1024
"""Total bytes up to which any compression ratio is accepted."""
# The code page of names in archives: loaded now, since a confined process can load nothing.
codecs.lookup("cp437")


def clean(data: bytes) -> tuple[str, bytes | None, Remarks]:
    """Returns the type and the cleaned document, or None for another archive. Raises `Unclean`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries, len(data))
            names = {entry.filename for entry in entries}
            main = next((kind for part, kind in _MAIN.items() if part in names), None)
            if main and "[Content_Types].xml" in names:
                written, lost = office.clean(_unpacked(archive, entries))
                return main, written, {PARTS: lost}
            if kind := opendocument.get_kind(archive, names):
                written, lost = opendocument.clean(_unpacked(archive, entries))
                return kind, written, {PARTS: lost}
    except zipfile.BadZipFile as problem:
        raise Unclean from problem
    return "zip", None, {}


def _check(entries: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES:
        raise Unclean("bomb")
    if total > _SMALL and total > size * MOST_RATIO:
        raise Unclean("bomb")


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Parts:
    """Returns every part, reading no more than its entry declares. Raises `Unclean` if anything is
    wrong."""
    parts: Parts = {}
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            raise Unclean("locked")
        if entry.filename in parts:
            raise Unclean
        with archive.open(entry) as part:
            content = part.read(entry.file_size + 1)
        if len(content) != entry.file_size:
            raise Unclean("bomb")
        parts[entry.filename] = content
    return parts
