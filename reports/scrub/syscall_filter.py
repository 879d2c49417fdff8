"""The list of system calls that a confined process may make, as a program of seccomp.

None of them opens a path or an address, or reaches another process; a process that may read some
folders, to which Landlock keeps it, opens files for reading. Memory never becomes executable. What
is not listed fails with EPERM, so that a library that only asks goes on without an answer; a call
for another kind of processor ends the process.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator
from typing import Final

_ALLOW: Final = 0x7FFF0000
_FAIL: Final = 0x00050000
_KILL: Final = 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _PROCESSOR, _FIRST, _THIRD = 0, 4, 16, 32
"""Offsets in what a filter sees: the call's number, the kind of processor, the lower halves of the
first and the third argument."""
_PROCESSORS: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_FREE: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "getcwd": (79, 17),
    "exit": (60, 93),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "rseq": (334, 293),
}
"""The numbers of each call on x86-64 and on 64-bit ARM. Pillow asks where it is before it saves."""
_MEMORY: Final = {"mmap": (9, 222), "mprotect": (10, 226)}
_READING: Final = {"stat": (4, 79), "newfstatat": (262, 79), "getdents64": (217, 61)}
"""What lists folders besides. Where there is no stat of its own, newfstatat does for both."""
_OPEN: Final = (257, 56)
_CHANGING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
"""Flags of which an opening for reading has none."""
_EXECUTABLE: Final = 4
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_THREAD: Final = (0x3D0F00, 0x7D0F00)
"""The flags with which glibc and musl start a thread: anything else would be a process."""


def make_filter(machine: str, *, threads: bool = False, reading: bool = False) -> bytes | None:
    """Returns the program for a kind of processor, as `uname` names it; None for one without a
    list. Only with `threads` may threads be started, only with `reading` files be opened."""
    if machine not in _PROCESSORS:
        return None
    column, processor = _PROCESSORS[machine]
    steps = [
        (_LOAD, 0, 0, _PROCESSOR),
        (_EQUAL, 1, 0, processor),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in _FREE.values():
        steps += _answer(numbers[column], [(_RETURN, 0, 0, _ALLOW)])
    for numbers in _MEMORY.values():
        steps += _answer(numbers[column], list(_unless_any(_EXECUTABLE)))
    if reading:
        for numbers in _READING.values():
            steps += _answer(numbers[column], [(_RETURN, 0, 0, _ALLOW)])
        steps += _answer(_OPEN[column], list(_unless_any(_CHANGING)))
    if threads:
        steps += _answer(_CLONE[column], list(_only_threads()))
    # The arguments of clone3 lie in memory, which no filter sees. The C library then tries clone.
    steps += _answer(_CLONE3[column], [(_RETURN, 0, 0, _FAIL | errno.ENOSYS)])
    steps.append((_RETURN, 0, 0, _FAIL | errno.EPERM))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


_Step = tuple[int, int, int, int]


def _answer(number: int, steps: list[_Step]) -> list[_Step]:
    """Steps for one call alone; each way through them ends with an answer."""
    return [(_EQUAL, 0, len(steps), number), *steps]


def _unless_any(flags: int) -> Iterator[_Step]:
    yield (_LOAD, 0, 0, _THIRD)
    yield (_ANY_BIT, 0, 1, flags)
    yield (_RETURN, 0, 0, _FAIL | errno.EPERM)
    yield (_RETURN, 0, 0, _ALLOW)


def _only_threads() -> Iterator[_Step]:
    yield (_LOAD, 0, 0, _FIRST)
    for flags in _THREAD:
        yield (_EQUAL, 0, 1, flags)
        yield (_RETURN, 0, 0, _ALLOW)
    yield (_RETURN, 0, 0, _FAIL | errno.EPERM)
