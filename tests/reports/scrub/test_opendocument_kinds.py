"""Tables and slides of OpenDocument are cleaned as texts are; what is lost of them is counted."""

from __future__ import annotations

import io
import zipfile

import pytest

from reports.scrub import archive
from reports.scrub.refusal import Unclean
from tests.support import files
from tests.support.files import PLANTED

MIME = b"application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("what", "kind"), [(b"text", "odt"), (b"spreadsheet", "ods"), (b"presentation", "odp")]
)
def test_every_kind_is_cleaned(what: bytes, kind: str) -> None:
    found, written, remarks = archive.clean(
        files.zipped({**files.odt_parts(), "mimetype": MIME + what})
    )
    assert (found, remarks) == (kind, {"parts": 0})
    assert written is not None
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        assert packed.read("mimetype") == MIME + what
        everything = b"".join(packed.read(name) for name in packed.namelist())
        assert PLANTED not in everything
        assert b"The words stay" in everything
        listed = packed.read("META-INF/manifest.xml")
        assert b"Thumbnails" not in listed


def test_a_broken_picture_and_an_object_do_not_cost_the_text() -> None:
    parts = {
        **files.odt_parts(),
        "Pictures/2.svm": b"VCLMTF" + PLANTED,
        "Object 1/content.xml": b"<a>" + PLANTED + b"</a>",
        "Object 1/styles.xml": b"<a/>",
    }
    _kind, written, remarks = archive.clean(files.zipped(parts))
    assert remarks == {"parts": 2}
    assert written is not None
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        assert b"The words stay" in packed.read("content.xml")
        assert "Object 1/content.xml" not in packed.namelist()
        assert PLANTED not in packed.read("Pictures/2.svm")


def test_a_document_behind_a_password_says_so() -> None:
    manifest = (
        b'<m:manifest xmlns:m="urn:m"><m:file-entry m:full-path="content.xml">'
        b"<m:encryption-data/></m:file-entry></m:manifest>"
    )
    with pytest.raises(Unclean) as refused:
        archive.clean(files.zipped({**files.odt_parts(), "META-INF/manifest.xml": manifest}))
    assert refused.value.code == "locked"
