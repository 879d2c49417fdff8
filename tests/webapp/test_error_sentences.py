"""Each face has one table of sentences for what goes wrong, and every failure it meets is in it."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import LazyString

from reports import errors
from reports.errors import Busy, NotAllowed, SealBroken, StoreFailed, TextTooLong, WaysideError
from tests.support import house
from webapp.desk import desk_errors
from webapp.i18n import FOLDER
from webapp.site.error_pages import ROWS
from webapp.wording import public_errors
from webapp.wording.sentence_table import SentenceTable

CODE = house.read(Path(__file__).resolve().parents[2], ("webapp",), (".py",))
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
GIVEN = {"name", "size", "most"}
"""What the pages with files fill in themselves."""


@dataclass(frozen=True)
class Face:
    """One face: where its pages lie, its table, and what it answers without a sentence, and how."""

    pages: tuple[str, ...]
    table: SentenceTable
    module: str
    catalogue: str
    elsewhere: Mapping[type[WaysideError], str]

    def met(self) -> set[type[WaysideError]]:
        """The failures that the code of the face names."""
        return {
            kind
            for source in CODE
            if source.below(*self.pages)
            for _line, name in source.imports()
            if (kind := find_error(name)) and kind is not WaysideError
        }

    def told(self) -> set[type[BaseException]]:
        return {kind for table in self.sentences() for kind in table}

    def sentences(self) -> Iterator[Mapping[type[BaseException], object]]:
        yield self.table.everywhere
        yield from self.table.at.values()


def known_to(kind: type[WaysideError]) -> set[str]:
    return set(inspect.signature(kind.__init__).parameters) if "__init__" in vars(kind) else set()


def find_error(dotted: str) -> type[WaysideError] | None:
    module, _dot, name = dotted.rpartition(".")
    if not name[:1].isupper():
        return None
    found = getattr(importlib.import_module(module), name, None)
    return found if isinstance(found, type) and issubclass(found, WaysideError) else None


FACES = {
    "public": Face(
        ("webapp/report/", "webapp/mailbox/", "webapp/uploads/"),
        public_errors.TABLE,
        "webapp/wording/public_errors.py",
        "messages",
        {
            errors.DraftIncomplete: "each missing answer is a fault of its field",
            errors.MailboxClosed: "the page that asks for the code says that the visit is over",
            errors.OffsetWrong: "a program hears where to go on",
            errors.QuestionRefused: "the thread says that the answer was not kept",
        },
    ),
    "desk": Face(
        (
            *("webapp/triage/", "webapp/admin/", "webapp/account/", "webapp/portal/"),
            *("webapp/acknowledge/", "webapp/statistics/desk.py", "webapp/desk/"),
            *("webapp/board/", "webapp/staff_auth.py"),
        ),
        desk_errors.TABLE,
        "webapp/desk/desk_errors.py",
        "desk",
        {
            errors.FileRefused: "a file that is not there is answered with 404",
            errors.MatchFailed: "the report's page says that its texts were not looked through",
            errors.SessionEnded: "the sign-in page says that the time was over",
        },
    ),
}

faces = pytest.mark.parametrize("face", FACES.values(), ids=FACES)


@faces
def test_every_failure_that_a_face_meets_has_a_sentence_of_its_own(face: Face) -> None:
    met = face.met()
    assert TextTooLong in met
    wordless = met - face.told() - set(ROWS) - set(face.elsewhere)
    assert {kind.__name__ for kind in wordless} == set()


@faces
def test_what_a_face_answers_without_a_sentence_is_met_and_not_in_the_table(face: Face) -> None:
    assert set(face.elsewhere) <= face.met()
    assert not set(face.elsewhere) & set(face.table.everywhere)


@faces
def test_a_sentence_names_only_what_its_failure_knows(face: Face, app: Flask) -> None:
    with app.test_request_context("/en/1"):
        for table in face.sentences():
            for kind, words in table.items():
                if isinstance(words, LazyString) and issubclass(kind, WaysideError):
                    assert set(PLACEHOLDER.findall(str(words))) <= known_to(kind) | GIVEN, kind


@faces
def test_no_other_module_of_a_face_holds_a_sentence_of_the_table(face: Face, app: Flask) -> None:
    with app.test_request_context("/en/1"):
        told = {
            str(words)
            for table in face.sentences()
            for words in table.values()
            if isinstance(words, LazyString)
        }
    with (FOLDER / f"{face.catalogue}.pot").open("rb") as lines:
        places = {
            str(message.id): {path for path, _line in message.locations if path.endswith(".py")}
            for message in read_po(lines)
        }
    # A sentence that holds a figure from the start stands in the catalogue with its blank.
    shared = {text: places[text] for text in told if text in places}
    assert len(shared) > len(told) / 2
    assert {text for text, found in shared.items() if found != {face.module}} == set()


TABLE = SentenceTable(
    {TextTooLong: "at most %(limit)s", WaysideError: lambda problem: f"no: {problem}"},
    {"shelf": {Busy: "wait, %(name)s", WaysideError: "not here"}},
)


def test_the_nearest_kind_of_failure_speaks_and_of_one_kind_the_place() -> None:
    assert TABLE.find(TextTooLong) == "at most %(limit)s"
    assert TABLE.find(TextTooLong, "shelf") == "at most %(limit)s"
    assert TABLE.find(SealBroken, "shelf") == "not here"
    assert TABLE.describe(SealBroken("broken")) == "no: broken"


def test_a_sentence_holds_what_the_failure_and_the_page_know(app: Flask) -> None:
    with app.test_request_context("/en/1"):
        problem = TextTooLong(40, 41)
        assert public_errors.describe_error(problem) == (
            "This is too long. It has 41 characters. At most 40 fit."
        )
        assert desk_errors.describe_error(problem) == (
            "This text has 41 characters. At most 40 fit."
        )
        known = {"name": "plan.pdf", "size": 20, "most": 10}
        sentence = public_errors.describe_error(StoreFailed("full"), "files", known)
        assert sentence.startswith("We could not keep plan.pdf.")


def test_a_failure_without_a_sentence_is_raised_again() -> None:
    with pytest.raises(NotAllowed):
        SentenceTable({}, {}).describe(NotAllowed("no"))
    with pytest.raises(KeyError):
        TABLE.find(NotAllowed, "attic")
