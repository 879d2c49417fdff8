"""Static files: neutral names that follow the content; vendored bytes unchanged."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.assets import FOLDER, gather


def test_names_are_hashes_and_change_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p{}")
    first = gather(tmp_path).by_path["a.css"].name
    (tmp_path / "a.css").write_text("p{color:red}")
    second = gather(tmp_path).by_path["a.css"].name
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{12}\.css", first)


def test_a_style_sheet_finds_its_images_under_their_neutral_names(tmp_path: Path) -> None:
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "a.png").write_bytes(b"png")
    (tmp_path / "a.css").write_text('p{background:url("icons/a.png")}')
    assets = gather(tmp_path)
    image = assets.by_path["icons/a.png"].name
    assert assets.by_path["a.css"].body == f'p{{background:url("/s/{image}")}}'.encode()


def test_a_file_is_kept_for_a_year_and_packed_for_whoever_can(
    app: Flask, client: FlaskClient
) -> None:
    asset = app.extensions["assets"].by_path["css/public.css"]
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


def test_a_page_with_all_its_files_is_light(app: Flask) -> None:
    assets = app.extensions["assets"].by_path
    scripts = ("js/exit.js", "js/keys.js", "js/work.js")
    files = ("css/public.css", *scripts, "icons/page.png", "icons/signs.png")
    sent = sum(len(assets[name].packed or assets[name].body) for name in files)
    assert 14_336 + sent < 30_000
