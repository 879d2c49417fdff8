"""Failures of an instance as a whole: its settings, its founding, its backups, its keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.errors.base import WaysideError


class SettingsFaults(WaysideError):
    """The settings cannot be used; `faults` holds one sentence for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class NotFounded(WaysideError):
    """The instance lacks keys or a schema: `init` has not run, or not with this version."""


class SchemaUnfit(NotFounded):
    """The database lacks the schema that this version works with; the message says what to do.

    `found` is the revision of the database, empty where there is none, and `needed` is ours.
    """

    sentence = ""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(self.sentence.format(found=found, needed=needed))
        self.found = found
        self.needed = needed


class SchemaMissing(SchemaUnfit):
    """No migration has run here."""

    sentence = "There is no schema in the database: run `flask --app wsgi init`"


class SchemaOlder(SchemaUnfit):
    """Migrations that this version brings have not run yet."""

    sentence = (
        "The database is at revision {found}, this Wayside needs {needed}: "
        "run `flask --app wsgi init`"
    )


class SchemaNewer(SchemaUnfit):
    """Migrations have run here that this version does not know."""

    sentence = (
        "The database is at revision {found}, made by a newer Wayside; "
        "this one knows none after {needed}: run the newer one"
    )


class StoreUnfit(NotFounded):
    """A store is not this instance's, so nothing is written or erased in it; the message says why.

    `place` names the store: "store of files" or "mail folder".
    """

    sentence = ""

    def __init__(self, place: str) -> None:
        super().__init__(self.sentence.format(place=place))
        self.place = place


class StoreUnmarked(StoreUnfit):
    """It lacks the marker that `init` writes."""

    sentence = (
        "The {place} has no marker, so it may not be this instance's: mount the right one, "
        "or, where this is it, run `flask --app wsgi init`"
    )


class StoreOfAnother(StoreUnfit):
    """Its marker names another instance."""

    sentence = (
        "The {place} belongs to another instance: give this one a place of its own "
        "(WAYSIDE_BLOB_URL, WAYSIDE_DATA_DIR)"
    )


class StoreMarkerDamaged(StoreUnfit):
    """Its marker names no instance."""

    sentence = (
        "The marker of the {place} is damaged: see whose it is, and put back its object "
        "wayside-instance from a copy"
    )


class StoreFilled(StoreUnfit):
    """It has no marker and holds objects that no row knows."""

    sentence = (
        "The {place} has no marker and holds objects that this database does not know, so it was "
        "not marked: give this instance an empty place of its own, such as s3://bucket/folder"
    )


class StoreReadOnly(StoreUnfit):
    """It answers, and takes nothing."""

    sentence = "The {place} can be read but not written: see to the rights that this instance has"


class StoreEmptied(StoreUnfit):
    """It has no marker and lacks objects that rows need."""

    sentence = (
        "The {place} has no marker and lacks files that this database knows, so it was not marked: "
        "mount the right one. Where they are lost for good, say `init --files-are-lost`"
    )


class KeysUnfit(NotFounded):
    """The keys folder is not that of the instance in the database; the message says what to do.

    `file` is what is at fault: a file of the folder, or the folder itself.
    """

    sentence = ""

    def __init__(self, file: Path) -> None:
        super().__init__(self.sentence.format(file=file))
        self.file = file


class KeysMissing(KeysUnfit):
    """A founded instance lacks a key."""

    sentence = (
        "{file} is missing, and no other can take its place: mount the data folder of this "
        "instance (WAYSIDE_DATA_DIR), or put the old file back, which every backup holds"
    )


class OuterKeysMissing(KeysUnfit):
    """Reports of this instance have outer keys that the file of them lacks."""

    sentence = (
        "{file} is missing or too short, and reports do not open without it: mount the data folder "
        "of this instance (WAYSIDE_DATA_DIR), put the file back that lay beside the database, or "
        "restore a backup"
    )


class KeysDamaged(KeysUnfit):
    """A key cannot be read, or not the whole of it."""

    sentence = (
        "{file} is damaged or cannot be read: put the old file back, which every backup holds"
    )


class KeysOfAnother(KeysUnfit):
    """A key is whole, and of another instance."""

    sentence = (
        "{file} is not the one of the instance in the database: put the old file back, which every "
        "backup holds, or mount the data folder of this instance (WAYSIDE_DATA_DIR)"
    )


class FolderOfAnother(KeysOfAnother):
    """The marker of the folder names another instance than the database."""

    sentence = (
        "{file} belongs to another instance than the database does: WAYSIDE_DATA_DIR or "
        "WAYSIDE_DATABASE_URL leads to the wrong place"
    )


class FolderTaken(KeysOfAnother):
    """There are keys of an instance, and the database holds none."""

    sentence = (
        "{file} holds the keys of an instance, and the database holds no instance: "
        "WAYSIDE_DATABASE_URL or WAYSIDE_DATA_DIR leads to the wrong place, or the database was "
        "lost and `restore` brings it back"
    )


class MarkerDamaged(KeysUnfit):
    """The marker of a keys folder does not say which instance it belongs to."""

    sentence = (
        "{file} does not say which instance the keys beside it belong to: put the old file back, "
        "or remove it and run `flask --app wsgi init`, which compares the keys and writes it anew"
    )


class PurposeMissing(KeysUnfit):
    """A process lacks a file of its keys, or not the whole of it is there."""

    sentence = (
        "{file} is missing, damaged or not for this process to read: run `flask --app wsgi init`, "
        "which writes it from the pepper, and see whose files they are"
    )


class RosterWritable(KeysUnfit):
    """In production anybody may write the key that signatures are checked with."""

    sentence = "{file} can be written to: run `flask --app wsgi init`, or chmod 444"


class KeyNotHeld(WaysideError):
    """A process was asked for what only another one can make: it holds no key for that."""


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
