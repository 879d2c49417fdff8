"""Resumable uploads, so that a lost connection costs one part: the core of tus 1.0 (tus.io).

POST creates a file, PATCH sends its parts, and HEAD returns the offset to resume from. The form
that it belongs to is named by a header, never by the URL, which only has one of ten letters.
"""

from __future__ import annotations

import base64
import binascii
from itertools import chain
from typing import Final

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from reports.attachments import uploads
from reports.attachments.uploads import LARGEST, LARGEST_PART, Upload, UploadOwner
from reports.errors import Busy, FileRefused, NoRoomForFiles, OffsetWrong, SealBroken, StoreFailed
from webapp.site import unsent_budget
from webapp.site.clock import now
from webapp.site.db import end_reading, get_session, transaction
from webapp.site.file_store import get_store
from webapp.site.page_codes import build_public_path
from webapp.uploads import form_files

VERSION: Final = "1.0.0"
TOKEN_HEADER: Final = "X-T"
OVERRIDE: Final = "X-HTTP-Method-Override"
"""The real method of a POST, where a middlebox blocks PATCH (tus 1.0)."""
METHODS: Final = ("HEAD", "PATCH", "DELETE", "POST")
"""The methods for one file."""
PLACES: Final = "abcdefghij"
"""The last letter of each file's address."""
_FAILED: Final = (Busy, StoreFailed, NoRoomForFiles, SealBroken, SQLAlchemyError, OSError)
_LATER: Final = "5"


def create(holder: UploadOwner, language: str, code: str) -> Response:
    """Begins an upload; returns its address, or 413 with an error if it does not fit."""
    told = _metadata()
    name = told.get("filename", "")
    try:
        length = int(request.headers.get("Upload-Length", ""), 10)
        keep_original = told.get("original") == "1"
        announced = unsent_budget.make_announced_file(name, length, keep_original=keep_original)
        begun = form_files.begin_upload(holder, announced)
    except ValueError:
        return _answer(400)
    except (FileRefused, NoRoomForFiles) as problem:
        return _answer(413, form_files.format_error(problem, name))
    except _FAILED as problem:
        return _answer(503, form_files.format_error(problem, name))
    place = build_public_path(language, f"{code}{PLACES[begun.slot]}")
    return _answer(201, headers={"Location": place})


def serve(holder: UploadOwner, place: str) -> Response:
    """Dispatches a request for one file by method: offset, next part, removal. Otherwise 405."""
    acts = {"HEAD": show_offset, "PATCH": receive_part, "DELETE": remove_file}
    method = request.headers.get(OVERRIDE, "") if request.method == "POST" else request.method
    if method not in acts:
        return _answer(405)
    return acts[method](holder, PLACES.index(place))


def show_offset(holder: UploadOwner, slot: int) -> Response:
    """Returns the offset to resume from."""
    try:
        found = uploads.find(get_session(), holder, slot, now())
    except FileRefused:
        return _answer(404)
    return _offset(200, found)


def receive_part(holder: UploadOwner, slot: int) -> Response:
    """Stores one part. Returns 409 with the expected offset if it is not the next one."""
    if request.mimetype != "application/offset+octet-stream":
        return _answer(415)
    request.max_content_length = LARGEST_PART
    name = ""
    try:
        offset = int(request.headers.get("Upload-Offset", ""), 10)
        found = uploads.find(get_session(), holder, slot, now())
        name = found.details.name
        end_reading()
        return _receive(holder, found, offset, request.get_data())
    except ValueError:
        return _answer(400)
    except OffsetWrong as problem:
        return _answer(409, headers={"Upload-Offset": str(problem.offset)})
    except FileRefused as problem:
        if problem.code == "unknown":
            return _answer(404, form_files.format_error(problem, name))
        return _refuse(holder, slot, form_files.format_error(problem, name))
    except _FAILED as problem:
        return _answer(503, form_files.format_error(problem, name))


def remove_file(holder: UploadOwner, slot: int) -> Response:
    """Removes a file."""
    with transaction() as session:
        uploads.remove(session, holder, slot)
    return _answer(204)


def show_options() -> Response:
    """Describes the supported version, extensions and size."""
    told = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination",
        "Tus-Max-Size": str(LARGEST),
    }
    return _answer(204, headers=told)


def _receive(holder: UploadOwner, found: Upload, offset: int, data: bytes) -> Response:
    if offset == found.offset and offset + len(data) == found.details.length and not found.whole:
        # The last part is not stored: it is cleaned with the others from memory.
        whole = form_files.finish_upload(
            holder, found, lambda: chain(uploads.read_parts(get_store(), found), [data])
        )
        return _offset(204, whole)
    with form_files.discard_on_failure(found):
        part = uploads.put_part(get_store(), found, offset, data)
        with transaction() as session:
            further = uploads.advance(session, holder, found, part, now())
    return _offset(204, further)


def _refuse(holder: UploadOwner, slot: int, words: str) -> Response:
    with transaction() as session:
        uploads.remove(session, holder, slot)
    return _answer(413, words)


def _offset(status: int, found: Upload) -> Response:
    length = found.details.length
    at = length if found.whole else found.offset
    return _answer(status, headers={"Upload-Offset": str(at), "Upload-Length": str(length)})


def _answer(status: int, words: str = "", headers: dict[str, str] | None = None) -> Response:
    response = Response(words, status, content_type="text/plain; charset=utf-8")
    response.headers["Tus-Resumable"] = VERSION
    response.headers.update(headers or {})
    if status == 503:
        response.headers["Retry-After"] = _LATER
    return response


def _metadata() -> dict[str, str]:
    """Parses `Upload-Metadata`: pairs of a key and a base64 value. Invalid pairs are ignored."""
    told: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _blank, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return told
