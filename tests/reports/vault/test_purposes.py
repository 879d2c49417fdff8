"""Each process holds the keys of its own work; what was stored under the pepper opens with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from reports.errors import KeyNotHeld, PurposeMissing, RosterWritable
from reports.intake.token import Purpose
from reports.model import Base
from reports.model.seals import BoundRow
from reports.roster import device
from reports.sealed_rows import is_genuine
from reports.vault import DESK_KEYS, PUBLIC_KEYS, WORKER_KEYS, Cost, KeyFolder, Vault
from reports.vault.purposes import CHECK, LABELS, format_files, parse_file
from tests.support.site import ROOT
from tests.support.stored import StoredInstance, load
from webapp.desk import reauthentication

CHEAP = {"password_cost": Cost(64, 1), "receipt_cost": Cost(64, 1)}
PEPPER = b"p" * 32
SETS = {"public": PUBLIC_KEYS, "desk": DESK_KEYS, "worker": WORKER_KEYS}
ALL = {label for labels in LABELS.values() for label in labels}


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    made = KeyFolder(tmp_path / "keys")
    made.write_keys({"pepper": PEPPER, "roster.pub": b"r" * 32})
    made.write_purposes()
    return made


def held_by(folder: KeyFolder, name: str) -> Vault:
    """The vault of a process, in a folder where every other file of keys is gone."""
    for other in ("pepper", *LABELS):
        if other not in SETS[name]:
            (folder.path / other).unlink()
    vault = Vault.load_purposes(folder.path.parent, SETS[name])
    vault._password_cost = vault._receipt_cost = Cost(64, 1)
    return vault


@pytest.mark.parametrize("name", SETS)
def test_a_process_has_the_keys_of_its_files_alone_and_they_are_those_of_the_pepper(
    folder: KeyFolder, name: str
) -> None:
    vault, whole = held_by(folder, name), Vault(folder.path, PEPPER)
    own = {label for purpose in SETS[name] for label in LABELS[purpose]}
    for label in own:
        assert vault.compute_mac(label, b"x") == whole.compute_mac(label, b"x")
    for label in ALL - own:
        with pytest.raises(KeyNotHeld, match=label):
            vault.compute_mac(label, b"x")


def test_slow_keys_are_those_of_the_pepper_and_each_face_makes_its_own_alone(
    folder: KeyFolder,
) -> None:
    whole = Vault(folder.path, PEPPER, **CHEAP)  # type: ignore[arg-type]  # options by name
    code, password = ("1234567", "0" * 16), ("as typed", b"s" * 16)
    files = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    public = held_by(folder, "public")
    assert public.derive_receipt_key(*code) == whole.derive_receipt_key(*code)
    with pytest.raises(KeyNotHeld):
        public.derive_password_key(*password)
    for name, content in files.items():
        (folder.path / name).unlink(missing_ok=True)
        (folder.path / name).write_bytes(content)
    desk = held_by(folder, "desk")
    assert desk.derive_password_key(*password) == whole.derive_password_key(*password)
    with pytest.raises(KeyNotHeld):
        desk.derive_receipt_key(*code)


def test_what_goes_out_and_what_staff_decide_is_out_of_reach_for_the_public_face() -> None:
    public = {label for purpose in PUBLIC_KEYS for label in LABELS[purpose]}
    assert not public & {
        *("contact setting", "contact change", "delivery", "receipt of a referral"),
        *("note", "finding", "proposal", "referral answer", "legal hold"),
        *("notice address", "second factor", "known device"),
    }


@pytest.mark.parametrize("spoil", [b"", b"half", b"00 note\n", bytes([0xFF]) * 80])
def test_a_file_that_is_not_whole_is_refused_by_name(folder: KeyFolder, spoil: bytes) -> None:
    (folder.path / "desk").write_bytes(spoil)
    with pytest.raises(PurposeMissing, match=r"keys/desk is missing, damaged"):
        Vault.load_purposes(folder.path.parent, DESK_KEYS)


def test_a_key_that_is_cut_short_is_refused() -> None:
    content = format_files(PEPPER)["record"]
    cut = b"".join(content.splitlines(keepends=True)[1:])
    with pytest.raises(ValueError, match="missing"):
        parse_file("record", cut)


def list_labels_in_code() -> Iterator[str]:
    """Every label that a keyed hash is asked for by name."""
    for path in (*(ROOT / "reports").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "compute_mac":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, BoundRow):
            yield mapper.class_.SEAL.label
    yield from (purpose.value for purpose in Purpose)
    for what in (device.KNOWN, device.STRANGER):
        yield from (f"guess {what}", f"guess {what} recovery")
    yield from ("guess code", f"guess {reauthentication.COUNTED}")


def test_every_label_of_the_code_stands_in_a_file() -> None:
    found = set(list_labels_in_code())
    assert {"note", "custody line", "form token"} <= found
    assert found - {CHECK} - ALL == set()


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[StoredInstance]:
    engine: Engine = create_engine(f"sqlite:///{tmp_path / 'stored.db'}")
    made = load(engine, tmp_path / "var")
    yield made
    made.session.close()
    engine.dispose()


def test_rows_of_the_first_release_hold_under_the_keys_of_the_processes(
    stored: StoredInstance,
) -> None:
    folder = stored.vault.key_folder
    folder.write_purposes()
    vaults = {name: Vault.load_purposes(folder.path.parent, SETS[name]) for name in SETS}
    seen = set()
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, BoundRow):
            continue
        label = mapper.class_.SEAL.label
        for row in stored.session.query(mapper.class_):
            for name, vault in vaults.items():
                if any(label in LABELS[purpose] for purpose in SETS[name]):
                    assert is_genuine(vault, row), (name, label)
                    seen.add((name, label))
    assert {("public", "message"), ("desk", "note"), ("worker", "delivery")} <= seen


def test_a_file_that_was_given_to_a_group_stays_readable_for_it(folder: KeyFolder) -> None:
    given = folder.path / "record"
    given.chmod(0o640)
    given.write_bytes(b"")
    folder.write_purposes()
    assert given.stat().st_mode & 0o777 == 0o640
    assert given.read_bytes()


def test_in_production_the_key_of_the_roster_must_be_fixed(folder: KeyFolder) -> None:
    folder.require_roster_fixed()
    (folder.path / "roster.pub").chmod(0o644)
    with pytest.raises(RosterWritable, match=r"roster\.pub can be written to"):
        folder.require_roster_fixed()
    folder.write_keys({"roster.pub": b"r" * 32})
    folder.require_roster_fixed()
