"""Static files: neutral names that follow the content; vendored bytes unchanged."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.site.app_services import get_services
from webapp.site.assets import FOLDER, PARTS_OF_PAGE, gather
from webapp.site.assets import PAGE as PAGE_SCRIPT


def test_names_are_hashes_and_change_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p{}")
    first = gather(tmp_path).by_path["a.css"].name
    (tmp_path / "a.css").write_text("p{color:red}")
    second = gather(tmp_path).by_path["a.css"].name
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{12}\.css", first)


def test_a_style_sheet_carries_its_images(tmp_path: Path) -> None:
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "a.png").write_bytes(b"png")
    (tmp_path / "a.css").write_text('p{background:url("icons/a.png")}')
    sheet = gather(tmp_path).by_path["a.css"].body
    assert sheet == b'p{background:url("data:image/png;base64,cG5n")}'


def test_a_file_is_kept_for_a_year_and_packed_for_whoever_can(
    app: Flask, client: FlaskClient
) -> None:
    asset = get_services(app).assets.by_path["css/public.css"]
    packed = client.get(f"/s/{asset.name}", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"/s/{asset.name}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(packed.data) == plain.data == asset.body
    assert plain.content_type == "text/css; charset=utf-8"


@pytest.mark.parametrize("name", ["public.css", "..%2f..%2fwsgi.py", "exit.js", "%00"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/s/{name}").status_code == 404


def test_what_others_wrote_is_what_they_published() -> None:
    for record in sorted(FOLDER.rglob("SOURCE")):
        digest, name = re.findall(r"sha256 ([0-9a-f]{64})  (\S+)", record.read_text())[0]
        assert hashlib.sha256((record.parent / name).read_bytes()).hexdigest() == digest
        assert (record.parent / "LICENSE").exists()
    assert list(FOLDER.rglob("SOURCE"))


DATE = "Date: Wed, 10 Mar 2027 11:00:00 GMT"
"""The header that the server adds."""


def on_the_wire(response: TestResponse) -> int:
    """Bytes of an answer with its status line and headers."""
    lines = [
        f"HTTP/1.1 {response.status}",
        DATE,
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    return len("\r\n".join(lines)) + 4 + len(response.data)


def test_a_first_visit_is_four_requests_and_at_most_thirty_thousand_bytes(
    client: FlaskClient,
) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = client.get("/en/1", headers=packed)
    assert on_the_wire(first) <= 14_000
    named = re.findall(r'(?:src|href)="(/s/[^"]+)"', gzip.decompress(first.data).decode())
    files = [client.get(path, headers=packed) for path in dict.fromkeys(named)]
    assert 1 + len(files) <= 4
    assert b"url(/" not in b"".join(file.data for file in files)
    assert on_the_wire(first) + sum(map(on_the_wire, files)) <= 30_000


def test_the_exit_is_at_most_2_kilobytes_and_all_other_scripts_6(app: Flask) -> None:
    assets = get_services(app).assets.by_path
    assert len(assets["js/exit.js"].body) <= 2_048
    assert len(assets[PAGE_SCRIPT].packed) <= 6_144
    assert set(PARTS_OF_PAGE) <= set(assets)
