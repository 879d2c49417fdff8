"""A parser that a file has taken over reads, reaches, starts and changes nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.kernel import ask_prctl
from reports.scrub import confinement, confinement_trial, syscall_filter
from reports.scrub.confinement import LANDLOCK, SECCOMP
from tests.support import escape
from tests.support.escape import FINISHED, try_out
from tests.support.variety import SAMPLES

BOTH = ("open", "overwrite", "list", "create", "make a folder", "remove", "rename")
REFUSED = {"EPERM", "EACCES"}
PRIVILEGED = os.geteuid() == 0
_IS_DUMPABLE, _IS_FILTERED = 3, 21


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


@pytest.fixture
def abstract() -> Iterator[str]:
    name = f"wayside-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0" + name)
        listening.listen()
        yield name


def how(what: str, keys: Path) -> list[str]:
    old, new = str(keys / "pepper"), str(keys / "other")
    return {
        "list": [str(keys)],
        "create": [new],
        "make a folder": [new],
        "rename": [old, new],
    }.get(what, [old])


@pytest.mark.parametrize("layers", ["all", LANDLOCK, SECCOMP])
@pytest.mark.parametrize("what", BOTH)
def test_no_file_and_no_folder_is_reached(what: str, layers: str, keys: Path) -> None:
    assert try_out(layers, "wav", what, *how(what, keys)) in REFUSED
    assert sorted(keys.iterdir()) == [keys / "pepper"]


@pytest.mark.parametrize("what", BOTH)
def test_without_confinement_every_file_would_be(what: str, keys: Path) -> None:
    assert try_out("none", "wav", what, *how(what, keys)) == FINISHED


@pytest.mark.parametrize("layers", ["all", LANDLOCK, SECCOMP])
def test_no_server_is_reached(layers: str, port: int, abstract: str) -> None:
    assert try_out(layers, "wav", "connect", port) in REFUSED
    assert try_out(layers, "wav", "connect to an abstract socket", abstract) in REFUSED


def test_without_confinement_they_would_be(port: int, abstract: str) -> None:
    assert try_out("none", "wav", "connect", port) == FINISHED
    assert try_out("none", "wav", "connect to an abstract socket", abstract) == FINISHED
    assert try_out("none", "wav", "send a datagram", port) == FINISHED


@pytest.mark.parametrize("layers", ["all", LANDLOCK, SECCOMP])
@pytest.mark.parametrize("what", ["attach", "read memory", "signal"])
def test_no_other_process_is_reached(what: str, layers: str) -> None:
    assert try_out(layers, "wav", what, os.getpid()) in REFUSED
    if PRIVILEGED or what == "signal":
        assert try_out("none", "wav", what, os.getpid()) == FINISHED


@pytest.mark.parametrize("layers", ["all", LANDLOCK, SECCOMP])
def test_the_memory_of_the_parent_is_no_file_to_read(layers: str) -> None:
    memory = f"/proc/{os.getpid()}/mem"
    assert try_out(layers, "wav", "open", memory) in REFUSED
    assert try_out(layers, "wav", "overwrite", memory) in REFUSED
    if PRIVILEGED:
        assert try_out("none", "wav", "overwrite", memory) == FINISHED


@pytest.mark.parametrize("layers", ["all", SECCOMP])
@pytest.mark.parametrize("what", ["execute", "fork", "start a thread", "make code"])
def test_nothing_is_started(what: str, layers: str) -> None:
    assert try_out(layers, "wav", what) in REFUSED
    assert try_out("none", "wav", what) == FINISHED


def test_where_threads_are_needed_there_are_still_no_processes() -> None:
    assert try_out("all", "heic", "start a thread") == FINISHED
    assert try_out("all", "heic", "fork") in REFUSED


def test_no_datagram_leaves_and_nothing_is_looked_at(port: int, keys: Path) -> None:
    assert try_out("all", "wav", "send a datagram", port) in REFUSED
    assert try_out("all", "wav", "look at", str(keys)) in REFUSED


def test_a_call_that_is_not_listed_is_refused_whatever_its_number() -> None:
    column = 0 if os.uname().machine == "x86_64" else 1
    tables = (syscall_filter._FREE, syscall_filter._MEMORY)
    listed = [numbers[column] for table in tables for numbers in table.values()]
    # The C library is told that the newest way to start a thread is missing, and takes the other.
    listed.append(syscall_filter._CLONE3[column])
    assert try_out("all", "wav", "call all others", listed) == "EPERM"


def test_for_a_processor_without_a_list_there_is_no_filter() -> None:
    assert syscall_filter.make_filter("m68k") is None
    assert syscall_filter.make_filter("aarch64") != syscall_filter.make_filter("x86_64")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_confined_cleaner_needs_nothing_more_and_gives_the_same(name: str) -> None:
    """The free one is watched: it ends where it would load or open anything later."""
    act, data = SAMPLES[name]
    free = escape.run("watched", act, data, tells=True)
    assert free.startswith(b"ok ")
    assert escape.run("all", act, data, tells=True) == free


def test_what_a_kernel_lacks_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confinement_trial.describe_weakness() == ""
    monkeypatch.setattr(confinement_trial.sys, "executable", "/bin/echo")
    weakness = confinement_trial.describe_weakness()
    assert weakness.startswith("This machine does not offer ")
    monkeypatch.setattr(confinement_trial.sys, "executable", "/bin/false")
    assert confinement_trial.describe_weakness().endswith("no file can be cleaned.")


@pytest.mark.parametrize("refusal", confinement._NOT_OFFERED)
def test_a_kernel_without_landlock_is_no_fault(
    refusal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(refusal, "")

    monkeypatch.setattr(confinement, "ask_kernel", refuse)
    assert not confinement.drop_paths()


def test_this_process_is_not_confined_by_its_children() -> None:
    assert ask_prctl(_IS_FILTERED) == 0
    assert ask_prctl(_IS_DUMPABLE) in (0, 1)
