"""Parses a form with files (multipart/form-data), keeping the files encrypted.

Werkzeug would write files above half a megabyte to the temporary folder in the clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final, Self, cast

from flask import abort, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from webapp.site.app_services import get_services
from webapp.site.form_body import BODY_CUT, MAX_BODY, MOST_READ, clean_text, read_form
from webapp.uploads.spool import FRAME, Spool

MOST_AT_ONCE: Final = 50 * 1024 * 1024
"""Bytes of files in one request (docs/security-parameters.md#SP-4.5). One beyond it is read up to
`MOST_READ`, so that it can be answered with an error."""
_MOST_PARTS: Final = 60


@dataclass(frozen=True)
class UploadedFile:
    """One file of the form, not yet inspected."""

    name: str
    spool: Spool

    def read_chunks(self) -> Iterator[bytes]:
        """Yields its bytes, from the start."""
        self.spool.seek(0)
        while piece := self.spool.read(FRAME):
            yield piece


@dataclass(frozen=True)
class FormWithFiles:
    """The fields and files of a form; closing it deletes the files.

    `cut`: it was too large to be read, and only the fields before its first file are here.
    """

    fields: dict[str, str]
    files: list[UploadedFile] = field(default_factory=list)
    cut: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self.files:
            file.spool.close()

    @property
    def too_large(self) -> bool:
        """Whether its files exceed the limit for one request."""
        return sum(len(file.spool) for file in self.files) > MOST_AT_ONCE


def read() -> FormWithFiles:
    """Parses this request's form, with or without files. Aborts with 400 or 413 if it is
    invalid."""
    if request.mimetype != "multipart/form-data":
        return FormWithFiles(read_form())
    if request.environ.get(BODY_CUT):
        return FormWithFiles(_read_beginning(), cut=True)
    request.max_content_length = MOST_READ
    spools: list[Spool] = []

    def spool(*_told: Any, **_more: Any) -> IO[bytes]:
        spools.append(Spool(get_services().config.domain.data_dir))
        return cast("IO[bytes]", spools[-1])

    parser = MultiPartParser(spool, max_form_memory_size=MAX_BODY, max_form_parts=_MOST_PARTS)
    try:
        fields, files = parser.parse(request.stream, _find_boundary(), request.content_length)
    except ValueError:
        abort(400)
    # Without a chosen file, browsers send one without name and content.
    coming = [
        UploadedFile(clean_text(file.filename or ""), cast(Spool, file.stream))
        for _name, file in files.items(multi=True)
        if file.filename or len(cast(Spool, file.stream))
    ]
    return FormWithFiles({name: clean_text(value) for name, value in fields.items()}, coming)


def _read_beginning() -> dict[str, str]:
    """Returns the fields of a form before its first file, where the rest is not there."""
    fields: dict[str, str] = {}
    name, value = "", bytearray()
    try:
        decoder = MultipartDecoder(_find_boundary(), MAX_BODY, max_parts=_MOST_PARTS)
        decoder.receive_data(request.stream.read(MAX_BODY))
        while not isinstance(event := decoder.next_event(), (NeedData, Epilogue)):
            if isinstance(event, File) and event.filename:
                break
            if isinstance(event, (Field, File)):
                name, value = event.name, bytearray()
            if isinstance(event, Data):
                value += event.data
                if not event.more_data:
                    fields.setdefault(name, clean_text(value.decode("utf-8", "replace")))
    except (ValueError, RequestEntityTooLarge):
        abort(400)
    return fields


def _find_boundary() -> bytes:
    """Returns what stands between the parts. Raises `ValueError` if it is not ASCII."""
    _kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    return options.get("boundary", "").encode("ascii")
