"""The names of files: their ending fits their content, and nothing is eaten that is no ending."""

from __future__ import annotations

import pytest

from reports.attachments.file_names import fit_ending, leave_out, make_safe
from reports.scrub import ENDINGS
from reports.scrub.child import CLEANERS


@pytest.mark.parametrize(
    ("name", "kind", "fitting"),
    [
        ("photo.heic", "jpeg", "photo.jpg"),
        ("photo.JPEG", "jpeg", "photo.JPEG"),
        ("photo", "png", "photo.png"),
        ("photo\u202egpj.exe", "jpeg", "photo\u202egpj.jpg"),
        ("page 1.2", "pdf", "page 1.2.pdf"),
        ("Dr. Who", "pdf", "Dr. Who.pdf"),
        ("note.opus", "ogg", "note.opus"),
        ("contract.docm", "docx", "contract.docx"),
        ("moving.gif", "webp", "moving.webp"),
        ("a.b.verylong", "pdf", "a.b.verylong.pdf"),
        ("list.zip", "zip", "list.zip"),
    ],
)
def test_the_ending_fits_the_content(name: str, kind: str, fitting: str) -> None:
    assert fit_ending(name, ENDINGS.get(kind, ())) == fitting


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\maria\\x.png", "x.png"),
        ("/home/maria/x.png", "x.png"),
        (".jpg", "file.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\u200fصورة.jpg", "صورة.jpg"),
    ],
)
def test_paths_and_marks_are_gone_and_no_letter(name: str, shown: str) -> None:
    assert make_safe(name) == shown


@pytest.mark.parametrize(
    ("name", "left"), [("CV Maria.docx", "file.docx"), ("Maria", "file"), ("file.jpg", "file.jpg")]
)
def test_a_name_that_is_left_out_says_its_ending_alone(name: str, left: str) -> None:
    assert leave_out(name) == left


def test_every_cleaned_type_has_its_endings() -> None:
    made = {"docx", "xlsx", "pptx", "odt", "ods", "odp"}
    acts = set(CLEANERS) - {"picture", "identifiers", "zip", "gif", "bmp", "avif", "heic"}
    assert acts | made <= set(ENDINGS)
