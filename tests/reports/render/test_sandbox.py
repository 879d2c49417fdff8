"""An engine that a file has taken over reads fonts, and reaches, starts and changes nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.render.child import ENGINES, FONTS
from reports.scrub import confinement_trial, syscall_filter
from reports.scrub.confinement import LANDLOCK, SECCOMP
from tests.support import drawing, files
from tests.support.escape import FINISHED
from tests.support.escape_drawing import draw, try_out
from tests.support.variety import SAMPLES

REFUSED = {"EPERM", "EACCES"}
CONFINED = [("pdf", LANDLOCK), ("pdf", SECCOMP), *((act, "all") for act in ENGINES)]
"""Each layer must hold by itself for the act with the most rights, and both for every act."""
FONT_FOLDERS = [folder for folder in FONTS if Path(folder).is_dir()]
# `scripts/test` installs the fonts; where CI=true their lack is a failure.
MAY_SKIP = not FONT_FOLDERS and os.environ.get("CI") != "true"
PICTURES = {
    name: ("heic" if act == "heic" else "picture", data)
    for name, (act, data) in SAMPLES.items()
    if act in ("jpeg", "png", "webp", "heic")
}


@pytest.fixture(autouse=True, scope="module")
def whole_confinement() -> None:
    """Skips, and says so, on a kernel that lacks a part; under CI=true that is a failure."""
    if weakness := confinement_trial.describe_weakness():
        if os.environ.get("CI") == "true":
            pytest.fail(weakness)
        pytest.skip(weakness)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder as the one of an instance."""
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "pepper").write_bytes(bytes(32))
    return folder


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number: int = listening.getsockname()[1]
        yield number


@pytest.mark.parametrize(("act", "layers"), CONFINED)
def test_no_key_is_read_and_nothing_changed(act: str, layers: str, keys: Path) -> None:
    pepper, other = str(keys / "pepper"), str(keys / "other")
    for what in ("open", "overwrite", "remove"):
        assert try_out(layers, act, what, pepper) in REFUSED
    for what in ("create", "make a folder"):
        assert try_out(layers, act, what, other) in REFUSED
    assert try_out(layers, act, "rename", pepper, other) in REFUSED
    assert try_out(layers, act, "list", str(keys)) in REFUSED
    assert sorted(keys.iterdir()) == [keys / "pepper"]


def test_without_confinement_they_would_be(keys: Path, port: int) -> None:
    assert try_out("none", "pdf", "list", str(keys)) == FINISHED
    assert try_out("none", "pdf", "overwrite", str(keys / "pepper")) == FINISHED
    assert try_out("none", "pdf", "connect", port) == FINISHED
    assert try_out("none", "pdf", "signal", os.getpid()) == FINISHED


@pytest.mark.parametrize(("act", "layers"), CONFINED)
def test_no_server_and_no_other_process_is_reached(act: str, layers: str, port: int) -> None:
    assert try_out(layers, act, "connect", port) in REFUSED
    for what in ("attach", "read memory", "signal"):
        assert try_out(layers, act, what, os.getpid()) in REFUSED
    assert try_out(layers, act, "open", f"/proc/{os.getpid()}/mem") in REFUSED
    assert try_out(layers, act, "open", "/proc/self/environ") in REFUSED


@pytest.mark.parametrize(("act", "layers"), [each for each in CONFINED if each[1] != LANDLOCK])
def test_nothing_is_started_or_sent(act: str, layers: str, port: int) -> None:
    for what in ("execute", "fork", "make code"):
        assert try_out(layers, act, what) in REFUSED
    assert try_out(layers, act, "send a datagram", port) in REFUSED


@pytest.mark.skipif(MAY_SKIP, reason="no fonts are installed on this machine")
def test_the_fonts_of_the_system_are_read_for_a_pdf_and_for_nothing_else() -> None:
    [folder, *_] = FONT_FOLDERS
    font = next(str(each) for each in Path(folder).rglob("*.?tf") if not each.is_symlink())
    assert try_out("all", "pdf", "list", folder) == FINISHED
    assert try_out("all", "pdf", "open", font) == FINISHED
    assert try_out("all", "pdf", "overwrite", font) in REFUSED
    assert try_out("all", "pdf", "list", str(Path(folder).parent)) in REFUSED
    assert try_out("all", "picture", "open", font) in REFUSED


@pytest.mark.skipif(MAY_SKIP, reason="no fonts are installed on this machine")
def test_where_landlock_is_missing_no_font_is_read_either() -> None:
    assert try_out(SECCOMP, "pdf", "list", FONT_FOLDERS[0]) in REFUSED


def test_a_call_that_is_not_listed_is_refused_whatever_its_number() -> None:
    column = 0 if os.uname().machine == "x86_64" else 1
    tables = (syscall_filter._FREE, syscall_filter._MEMORY, syscall_filter._READING)
    listed = [numbers[column] for table in tables for numbers in table.values()]
    listed += [syscall_filter._OPEN[column], syscall_filter._CLONE3[column]]
    assert try_out("all", "pdf", "call all others", listed) == "EPERM"


@pytest.mark.parametrize("name", PICTURES)
def test_a_confined_engine_needs_nothing_more_and_draws_the_same(name: str) -> None:
    """The free one is watched: it ends where it would load or open anything later."""
    act, data = PICTURES[name]
    free = draw("watched", act, data)
    assert free.startswith(b"ok 1 ")
    assert draw("all", act, data) == free


@pytest.mark.parametrize(
    "data", [files.pdf(), drawing.two_halves(), drawing.calling_home("http://127.0.0.1/")]
)
def test_a_confined_pdf_engine_draws_the_same(data: bytes) -> None:
    free = draw("watched", "pdf", data)
    assert free.startswith(b"ok 1 ")
    assert draw("all", "pdf", data) == free
