"""Calls of Linux that Python has no name for, through the C library.

The numbers are part of the kernel's stable interface. Elsewhere than on Linux every call fails with
ENOSYS, as it does on a kernel that is too old for it.
"""

from __future__ import annotations

import ctypes
import errno
import os
from typing import Any, Final

_LIBRARY: Final = ctypes.CDLL(None, use_errno=True)
_SET_DUMPABLE: Final = 4
_WORD: Final = ctypes.c_ulong


def ask_prctl(option: int, *arguments: int) -> int:
    """Returns what prctl(2) answers. Raises `OSError`."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _call("prctl", ctypes.c_int(option), *(_WORD(each) for each in padded))


def ask_kernel(number: int, *arguments: int | Any) -> int:
    """Returns what the system call of this number answers; integers are passed as whole words.
    Raises `OSError`."""
    passed = (_WORD(each) if isinstance(each, int) else each for each in arguments)
    return _call("syscall", ctypes.c_long(number), *passed)


def guard_memory() -> None:
    """Lets no other process of the same user look into this one, and nothing be dumped of it; it
    holds for what this process forks. Where there is no such call, nothing changes."""
    try:
        ask_prctl(_SET_DUMPABLE, 0)
    except OSError as problem:
        if problem.errno != errno.ENOSYS:
            raise


def _call(name: str, *arguments: Any) -> int:
    function = getattr(_LIBRARY, name, None)
    if function is None or os.uname().sysname != "Linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    answer: int = function(*arguments)
    if answer == -1:
        failure = ctypes.get_errno()
        raise OSError(failure, os.strerror(failure))
    return answer
