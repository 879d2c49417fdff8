"""The folder: whole files for their owner alone, and no file at all when something goes wrong."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports import choose, find_waiting_reason, folder
from reports.delivery.transports.folder import FolderTransport
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import ChannelFailed, ChannelMissing
from reports.settings import Settings

CLAIM = ClaimedDelivery(
    uuid4(), uuid4(), 1, "desk@example.org", b"From: a\r\n\r\nencrypted\r\n", "smime"
)
LIVE = {
    "WAYSIDE_ENV": "production",
    "WAYSIDE_MAIL_FROM": "desk@wayside.example",
    "WAYSIDE_EXIT_URL": "https://example.org/",
}


def test_a_mail_becomes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    FolderTransport(folder).send(CLAIM)
    [file] = folder.iterdir()
    assert file.name == f"{CLAIM.id}.eml"
    assert file.read_bytes() == CLAIM.packet
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_time_it_is_still_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        FolderTransport(tmp_path).send(CLAIM)
    assert [path.name for path in tmp_path.iterdir()] == [f"{CLAIM.id}.eml"]


def test_a_folder_that_cannot_be_written_may_be_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(ChannelFailed) as failure:
        FolderTransport(tmp_path / "mail").send(CLAIM)
    assert (failure.value.code, failure.value.lasting) == ("folder_write", False)


def test_a_full_disk_leaves_no_half_a_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChannelFailed):
        FolderTransport(tmp_path).send(CLAIM)
    assert list(tmp_path.iterdir()) == []


def test_the_names_of_all_files_of_a_delivery_begin_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FolderTransport(tmp_path).send(CLAIM)
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: seen.extend(os.listdir(tmp_path)))
    FolderTransport(tmp_path).send(CLAIM)
    assert len({*seen}) == 2
    assert all(name.startswith(folder.make_beginning(CLAIM.id)) for name in seen)


def test_the_folder_is_for_trying_alone() -> None:
    trying = Settings.from_environ({})
    assert isinstance(choose(trying), FolderTransport)
    assert find_waiting_reason(trying) is None
    live = Settings.from_environ(LIVE)
    with pytest.raises(ChannelMissing):
        choose(live)
    assert find_waiting_reason(live) == "no_mail_server"


def test_a_mail_server_is_used_where_one_is_configured() -> None:
    for environ in ({}, LIVE):
        settings = Settings.from_environ({**environ, "WAYSIDE_SMTP_URL": "smtp://localhost"})
        assert isinstance(choose(settings), SmtpTransport)
        assert find_waiting_reason(settings) is None
