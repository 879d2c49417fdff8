"""What the kernel is asked for by number is answered, or fails with its own reason."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from reports import kernel

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = """
import os
from reports import kernel
before = kernel.ask_prctl(3)
kernel.guard_memory()
born = os.fork()
if born == 0:
    os._exit(kernel.ask_prctl(3))
print(before, kernel.ask_prctl(3), os.waitstatus_to_exitcode(os.waitpid(born, 0)[1]))
"""


def test_the_memory_of_a_process_and_of_what_it_forks_is_hidden() -> None:
    told = subprocess.run(
        [sys.executable, "-c", HIDDEN], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert told.stdout.split() == ["1", "0", "0"]


def test_a_refusal_has_the_reason_of_the_kernel() -> None:
    with pytest.raises(OSError) as refused:
        kernel.ask_kernel(0xFFFF)
    assert refused.value.errno == errno.ENOSYS
    with pytest.raises(OSError) as refused:
        kernel.ask_prctl(-1)
    assert refused.value.errno == errno.EINVAL


def test_where_there_is_no_such_call_nothing_is_hidden_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel, "_LIBRARY", object())
    with pytest.raises(OSError) as refused:
        kernel.ask_prctl(3)
    assert refused.value.errno == errno.ENOSYS
    kernel.guard_memory()
