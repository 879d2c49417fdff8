"""Faults of the country files, collected so that one run reports all of them.

Small on purpose: the loader and its checks all use it, and must not import each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.errors import WaysideError


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """One fault: the file's name, the key inside it (`contacts[be-payoke].id`), a sentence."""

    file: str
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.sentence}"


class CountryFaults(WaysideError):
    """The country files are invalid. `faults` holds every fault of every file."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))
