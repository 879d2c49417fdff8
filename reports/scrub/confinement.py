"""Takes from the process that parses strangers' files every right but to compute and to answer, and
to read the folders that it names.

No new privileges; no memory that others may look into; no file, folder, port, abstract socket or
signal outside itself (Landlock); of all system calls only those of a list, none of which opens,
connects, starts or changes anything outside the process (seccomp). Each of the last two refuses by
itself what matters: a mistake in one is no way out.

Written here because the packages that offer it each start other processes to find a library, which
takes longer than the whole start of a cleaner, and none has both: docs/dependencies.md.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Collection, Iterable
from typing import Final

from reports.kernel import ask_kernel, ask_prctl, guard_memory
from reports.scrub.syscall_filter import make_filter

LANDLOCK: Final = "Landlock"
SECCOMP: Final = "seccomp"
_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER_MODE: Final = 2
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_BENEATH: Final = 1
_READING: Final = 0b1100
"""The rights to read files and to list folders."""
_ASK_VERSION: Final = 1
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""By version of Landlock: how many rights over files it knows; each is one bit, from the lowest. A
ruleset that handles a right and allows it for no path refuses it everywhere."""
_PORTS: Final = 0b11
"""From version 4: to bind and to connect a TCP port."""
_SCOPES: Final = 0b11
"""From version 6: to reach abstract sockets and to signal processes outside the ruleset."""
_NOT_OFFERED: Final = (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EINVAL)
"""What the first question to a kernel without it is answered with, or in a container that forbids
to ask."""


def drop_rights(*, threads: bool = False, readable: Collection[str] = ()) -> tuple[str, ...]:
    """Gives up all rights of this process, for good, and returns what the kernel does not offer of
    that. All that is needed is loaded and opened before; `threads` leaves the right to start them,
    `readable` that to read these folders, those of them that there are. Where the kernel cannot
    keep the process to them, it opens nothing at all.

    Raises `OSError` where the kernel offers a part and then refuses it.
    """
    ask_prctl(_NO_NEW_PRIVILEGES, 1)
    guard_memory()
    found = [folder for folder in readable if os.path.isdir(folder)]
    kept = drop_paths(found)
    missing = [] if kept else [LANDLOCK]
    if not drop_calls(threads=threads, reading=kept and bool(found)):
        missing.append(SECCOMP)
    return tuple(missing)


def drop_paths(readable: Iterable[str] = ()) -> bool:
    """Gives up every file but those in folders that stay readable, and every port, abstract socket
    and foreign process; False if the kernel has no Landlock. Raises `OSError`."""
    try:
        version = ask_kernel(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError as problem:
        if problem.errno in _NOT_OFFERED:
            return False
        raise
    rights = (1 << _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]) - 1
    words = [rights, _PORTS, _SCOPES][: 1 if version < 4 else 2 if version < 6 else 3]
    handled = ctypes.create_string_buffer(struct.pack(f"={len(words)}Q", *words))
    ruleset = ask_kernel(_CREATE_RULESET, handled, 8 * len(words), 0)
    for folder in readable:
        _allow_reading(ruleset, folder)
    ask_kernel(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return True


def _allow_reading(ruleset: int, folder: str) -> None:
    beneath = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    rule = ctypes.create_string_buffer(struct.pack("=Qi", _READING, beneath))
    try:
        ask_kernel(_ADD_RULE, ruleset, _BENEATH, rule, 0)
    finally:
        os.close(beneath)


def drop_calls(*, threads: bool = False, reading: bool = False) -> bool:
    """Gives up every system call that is not on the list; False if the kernel has no seccomp, or no
    list is written for this kind of processor. Raises `OSError`."""
    program = make_filter(os.uname().machine, threads=threads, reading=reading)
    if program is None:
        return False
    code = ctypes.create_string_buffer(program)
    head = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    held = ctypes.create_string_buffer(head)
    try:
        ask_prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(held))
    except OSError as problem:
        if problem.errno in (errno.ENOSYS, errno.EINVAL):
            return False
        raise
    return True


if __name__ == "__main__":
    sys.stdout.write(" ".join(drop_rights()))
