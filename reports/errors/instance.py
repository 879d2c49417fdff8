"""Failures of an instance as a whole: its settings, its founding, its backups, its keys."""

from __future__ import annotations

from collections.abc import Sequence

from reports.errors.base import WaysideError


class SettingsFaults(WaysideError):
    """The settings cannot be used; `faults` holds one sentence for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class NotFounded(WaysideError):
    """The instance has no keys or schema yet: `init` has not run."""


class AlreadyFounded(WaysideError):
    """The instance holds something that founding it again would destroy."""


class BackupDamaged(WaysideError):
    """A backup is not whole, or not one; the message names the first bad part."""


class BackupOfAnotherVersion(WaysideError):
    """A backup has another schema than this version; the message names it."""


class SealBroken(WaysideError):
    """Sealed bytes do not open: wrong key, wrong place, damaged or swapped."""


class RosterBroken(WaysideError):
    """A public key in the database does not carry the organisation's signature."""


class Busy(WaysideError):
    """Every slot for slow key derivation was taken for the whole waiting time."""


class NoRoom(WaysideError):
    """Too little is free on the disk to take anything more."""
