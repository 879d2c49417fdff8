"""From the bytes of a file to what is kept of it: its type, its cleaned copy, sealed in the store.

Nothing is written in the clear, and nothing is held whole in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from reports.attachments.file_names import fit_ending
from reports.attachments.objects import make_object_name
from reports.attachments.uploads import StoredFile, Upload
from reports.blobs import Store
from reports.errors import FileRefused
from reports.scrub import ENDINGS, HEAD, Kind, detect_kind
from reports.scrub.scrubber import Scrubber
from reports.vault import seal_stream

MAIN: Final = "file content"
ORIGINAL: Final = "file original"
FileSource = Callable[[], Iterable[bytes]]


def store_file(store: Store, scrubber: Scrubber, pending: Upload, source: FileSource) -> StoredFile:
    """Store the file that `source` gives, each time anew; its details and the objects' names.

    Raises `FileRefused`, `Busy`, and `StoreFailed`. What was stored before a failure is
    known by the beginning of its name alone, and goes when the file is whole, or with its row.
    """
    details = pending.details
    kind = detect_kind(_head(source()))
    details = replace(details, kind=kind.code, cleaned=False)
    cleaned = _clean(store, scrubber, pending, kind, source) if kind.parsed else None
    if cleaned is None or not cleaned.name:
        size, name = _put(store, pending, MAIN, source())
        whole = replace(details, size=size, kind=cleaned.kind if cleaned else kind.code)
        return StoredFile(whole, name)
    shown = fit_ending(details.name, ENDINGS.get(cleaned.kind, ()))
    details = replace(
        details, kind=cleaned.kind, size=cleaned.size, cleaned=True, name=shown, original_size=0
    )
    details = replace(details, remarks=cleaned.remarks)
    if not details.keep_original:
        return StoredFile(details, cleaned.name)
    original_size, original = _put(store, pending, ORIGINAL, source())
    return StoredFile(replace(details, original_size=original_size), cleaned.name, original)


@dataclass(frozen=True)
class _Copy:
    """A cleaned copy in the store; without `name` the file stays as it is."""

    kind: str
    size: int = 0
    name: str = ""
    remarks: Mapping[str, int] = field(default_factory=dict)


def _clean(
    store: Store, scrubber: Scrubber, pending: Upload, kind: Kind, source: FileSource
) -> _Copy | None:
    """Store the cleaned copy. None where it cannot be cleaned and the original was asked for."""
    try:
        with scrubber.run(kind.code, source(), pending.details.length) as outcome:
            if not outcome.cleaned:
                return _Copy(outcome.kind)
            size, name = _put(store, pending, MAIN, outcome.chunks)
            return _Copy(outcome.kind, size, name, outcome.remarks)
    except FileRefused as problem:
        if problem.code in ("unclean", "locked") and pending.details.keep_original:
            return None
        raise


def _put(store: Store, pending: Upload, what: str, chunks: Iterable[bytes]) -> tuple[int, str]:
    name, size = make_object_name(pending.id), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk

    key = pending.details.key
    store.put(name, seal_stream(key, counted(), kind=what, id=pending.id.bytes))
    return size, name


def _head(chunks: Iterable[bytes]) -> bytes:
    held = b""
    for chunk in chunks:
        held += chunk
        if len(held) >= HEAD:
            break
    return held[:HEAD]
