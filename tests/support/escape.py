"""Code of a stranger inside the process that parses files: it tries what it is told to try.

It takes the place of a cleaner in `reports.scrub.child`, so that what it finds is what a parser
that was taken over would find. Run as `python -m tests.support.escape LAYERS ACT`.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from reports.kernel import ask_kernel
from reports.scrub import child, confinement, heic, wav

ROOT = Path(__file__).resolve().parents[2]
FINISHED = "done"
_PTRACE, _READ_MEMORY = {"x86_64": (101, 310), "aarch64": (117, 270)}.get(
    os.uname().machine, (-1, -1)
)
_SEIZE = 0x4206
NUMBERS = 512


def _open(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _overwrite(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY))


def _create(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def _connect(port: int) -> None:
    with socket.socket() as line:
        line.connect(("127.0.0.1", port))


def _connect_abstract(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("\0" + name)


def _send_datagram(port: int) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as line:
        line.sendto(b"a word", ("127.0.0.1", port))


def _read_memory(pid: int) -> None:
    held = ctypes.create_string_buffer(8)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(held), 8)
    there = (ctypes.c_size_t * 2)(4096, 8)
    try:
        ask_kernel(_READ_MEMORY, pid, here, 1, there, 1, 0)
    except OSError as problem:
        # Nothing lies at that address; but the process was reached.
        if problem.errno != errno.EFAULT:
            raise


def _fork() -> None:
    born = os.fork()
    if born == 0:
        os._exit(0)
    os.waitpid(born, 0)


def _start_thread() -> None:
    other = threading.Thread(target=len, args=("",))
    try:
        other.start()
    except RuntimeError as problem:
        raise OSError(errno.EPERM, "") from problem
    other.join()


def _call_all_others(listed: list[int]) -> str:
    """What each call that is not on the list answers with, in a row without doubles."""
    told = set()
    for number in set(range(NUMBERS)) - set(listed):
        try:
            ask_kernel(number, 2**63, 2**63, 2**63)
            told.add(f"{number} went through")
        except OSError as problem:
            if problem.errno != errno.EPERM:
                told.add(f"{number} {errno.errorcode[problem.errno or 0]}")
    return " ".join(sorted(told)) or "EPERM"


ATTEMPTS: Mapping[str, Callable[..., object]] = {
    "open": _open,
    "overwrite": _overwrite,
    "list": os.listdir,
    "create": _create,
    "make a folder": os.mkdir,
    "remove": os.unlink,
    "rename": os.rename,
    "look at": os.stat,
    "connect": _connect,
    "connect to an abstract socket": _connect_abstract,
    "send a datagram": _send_datagram,
    "signal": lambda pid: os.kill(pid, 0),
    "attach": lambda pid: ask_kernel(_PTRACE, _SEIZE, pid, 0, 0),
    "read memory": _read_memory,
    "execute": lambda: os.execv("/bin/echo", ["echo", f"ok tried 1\n{FINISHED}"]),
    "fork": _fork,
    "start a thread": _start_thread,
    "make code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_READ).close(),
    "call all others": _call_all_others,
}


def attempt(data: bytes) -> tuple[str, bytes]:
    """In place of a cleaner: does what `data` says, and tells what came of it."""
    what, *how = json.loads(data)
    try:
        told = ATTEMPTS[what](*how)
    except OSError as problem:
        return "tried", errno.errorcode[problem.errno or 0].encode()
    return "tried", (told if isinstance(told, str) else FINISHED).encode()


def run(
    layers: str, act: str, data: bytes, *, tells: bool = False, program: str = __name__
) -> bytes:
    """What a child says to `data`, confined by all, by one layer, or by none."""
    words = [sys.executable, "-m", program, layers, act, "x" if tells else ""]
    kept = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(words, cwd=ROOT, env=kept, input=data, capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


def try_out(layers: str, act: str, *what: Any) -> str:
    """What came of it: `FINISHED`, or the name of the error."""
    head, _, told = run(layers, act, json.dumps(what).encode()).partition(b"\n")
    assert head == b"ok tried 1", head
    return told.decode().strip()


def _restrict_paths(*, threads: bool = False, readable: Collection[str] = ()) -> tuple[str, ...]:
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    found = [folder for folder in readable if Path(folder).is_dir()]
    return () if confinement.drop_paths(found) else (confinement.LANDLOCK,)


def _restrict_calls(*, threads: bool = False, readable: Collection[str] = ()) -> tuple[str, ...]:
    """Without Landlock, so that nothing is left to read either."""
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    return () if confinement.drop_calls(threads=threads) else (confinement.SECCOMP,)


def _watch(*, threads: bool = False, readable: Collection[str] = ()) -> tuple[str, ...]:
    """Confines nothing; from here on, what is loaded or opened ends the process."""

    def refuse(event: str, _about: object) -> None:
        if event in ("import", "open", "os.listdir", "subprocess.Popen", "os.scandir"):
            sys.stderr.write(f"{event} {_about}\n")
            sys.stderr.flush()
            os._exit(3)

    sys.addaudithook(refuse)
    return ()


LAYERS: Mapping[str, Callable[..., tuple[str, ...]]] = {
    "all": confinement.drop_rights,
    "none": lambda **_: (),
    confinement.LANDLOCK: _restrict_paths,
    confinement.SECCOMP: _restrict_calls,
    "watched": _watch,
}


if __name__ == "__main__":
    child.drop_rights = LAYERS[sys.argv[1]]
    if not sys.argv[3]:
        for module in (wav, heic):
            module.clean = attempt
    sys.exit(child.main(sys.argv[2]))
