"""The keys folder: its marker is whole or refused, and founding makes one pepper."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from reports.errors import KeysDamaged, KeysMissing, MarkerDamaged
from reports.vault import PEPPER, Marker, Vault
from reports.vault.key_folder import KeyFolder

ID = UUID("0b7c8b1e-6a4f-4f0a-9b5d-3f5a6c2d1e90")


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    found = KeyFolder(tmp_path / "keys")
    found.write_keys({})
    return found


@pytest.mark.parametrize("marker", [Marker(ID), Marker(ID, founding=True)])
def test_a_marker_is_read_as_it_was_written(folder: KeyFolder, marker: Marker) -> None:
    assert folder.read_marker() is None
    folder.write_marker(marker)
    assert folder.read_marker() == marker
    assert stat.S_IMODE((folder.path / "instance").stat().st_mode) == 0o444


def test_a_marker_that_says_the_same_is_not_written_again(folder: KeyFolder) -> None:
    folder.write_marker(Marker(ID))
    before = (folder.path / "instance").stat()
    folder.write_marker(Marker(ID))
    assert (folder.path / "instance").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", f"{ID}".encode(), f"founded {ID}\n".encode(), f"{ID}\n{ID}\n".encode(), b"\xff"],
)
def test_a_damaged_marker_is_refused_and_never_written_over(
    folder: KeyFolder, content: bytes
) -> None:
    (folder.path / "instance").write_bytes(content)
    with pytest.raises(MarkerDamaged, match="remove it and run `flask --app wsgi init`"):
        folder.read_marker()
    with pytest.raises(MarkerDamaged):
        folder.write_marker(Marker(ID))
    assert (folder.path / "instance").read_bytes() == content


def test_a_marker_that_is_no_file_is_damaged(folder: KeyFolder) -> None:
    (folder.path / "instance").mkdir()
    with pytest.raises(MarkerDamaged):
        folder.read_marker()


def test_who_founds_at_once_finds_one_pepper(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")

    def found(_number: int) -> bytes:
        folder.begin_founding()
        return folder.read_key(PEPPER)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(found, range(8)))) == 1
    marker = folder.read_marker()
    assert marker
    assert marker.founding


def test_a_folder_of_an_instance_gets_no_new_pepper(folder: KeyFolder) -> None:
    folder.write_marker(Marker(ID))
    with pytest.raises(KeysMissing):
        folder.begin_founding()
    assert not folder.has_keys()


def test_a_key_that_is_no_file_is_damaged(folder: KeyFolder) -> None:
    os.mkdir(folder.path / PEPPER)
    with pytest.raises(KeysDamaged):
        folder.read_key(PEPPER)


def test_files_beside_the_keys_go_with_them_and_with_others(tmp_path: Path) -> None:
    """What is restored says itself whether staff sign; the folder's earlier word does not count."""
    data = {"pepper": b"p" * 32, "roster.pub": b"r" * 32}
    Vault.write_key_files(tmp_path, data)
    vault = Vault.load(tmp_path)
    assert not vault.key_folder.has_signing_mark()
    vault.key_folder.write_signing_mark()
    vault.key_folder.write_contact_digest("be-payoke", "ab")
    vault.key_folder.write_contact_digest("be-surya", "cd")
    vault.key_folder.write_contact_digest("be-payoke", "ef")
    told = {"be-payoke": "ef", "be-surya": "cd"}
    assert vault.key_folder.read_contact_digests() == told
    for name in ("signing", "contacts"):
        assert stat.S_IMODE((vault.key_folder.path / name).stat().st_mode) == 0o444, name
    kept = vault.read_key_files()
    assert kept.keys() == {"pepper", "roster.pub", "signing", "contacts"}
    Vault.write_key_files(tmp_path, data)
    assert not vault.key_folder.has_signing_mark()
    assert vault.key_folder.read_contact_digests() == {}
    Vault.write_key_files(tmp_path, kept)
    assert stat.S_IMODE((vault.key_folder.path / "signing").stat().st_mode) == 0o444
    assert vault.key_folder.has_signing_mark()
    assert vault.key_folder.read_contact_digests() == told
