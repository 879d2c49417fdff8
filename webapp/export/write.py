"""Writes the export: each page is requested from the application itself, so the bytes are the same.

The folder gets `pages/<language>/<code>.html` and `s/<name>`, each with `.gz` and `.br` beside it,
and two files that `docs/deploy/nginx.conf` includes: `maps.conf` and `headers.conf`. Pages that
depend on the time (who is open), and the chooser, which depends on the browser, stay with the
application.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flask import Flask
from werkzeug.test import TestResponse

from webapp import i18n
from webapp.export import brotli, nginx
from webapp.site.app_services import get_services
from webapp.site.page_codes import OFFLINE, build_public_path
from webapp.site.page_registry import list_pages
from webapp.site.page_sizes import SHARED

ORIGIN: Final = "https://localhost"


def write(app: Flask, folder: Path) -> int:
    """Writes the export of `app` into `folder`, over an older one if any; returns the number of
    pages.

    Files that no longer belong to it are deleted. Raises `OSError`.
    """
    written: set[Path] = set()
    fills: nginx.Fills = {}
    sample: TestResponse | None = None
    pages = 0
    for path in list_addresses(app):
        packed = _ask(app, path, "gzip")
        plain = _ask(app, path, "identity")
        file = folder / "pages" / f"{path[1:]}.html"
        written |= _put(file, {"": plain.data, ".gz": packed.data, ".br": _brotli(packed.data)})
        fills |= nginx.measure_fills(path, plain, packed)
        sample, pages = packed, pages + 1
    if sample is None:
        raise ValueError("there is no page to export")
    for name, asset in get_services(app).assets.by_name.items():
        forms = {"": asset.body, ".gz": asset.packed or gzip.compress(asset.body, mtime=0)}
        forms[".br"] = brotli.compress(asset.body)
        written |= _put(folder / "s" / name, forms)
    for old in [*folder.glob("pages/*/*"), *folder.glob("s/*")]:
        if old not in written:
            old.unlink()
    config = get_services(app).config
    (folder / "maps.conf").write_text(nginx.render_maps(config.exit_urls, fills))
    (folder / "headers.conf").write_text(nginx.render_headers(sample))
    return pages


def list_addresses(app: Flask) -> Iterator[str]:
    """Yields every page that does not depend on the time, in every language offered."""
    with app.app_context():
        codes = [page.code for page in list_pages() if not page.timely] + [OFFLINE]
        tags = [language.tag for language in i18n.get_languages().offered]
    for tag in tags:
        for code in codes:
            yield build_public_path(tag, code)


def _ask(app: Flask, path: str, encoding: str) -> TestResponse:
    response = app.test_client().get(path, base_url=ORIGIN, headers={"Accept-Encoding": encoding})
    if response.status_code != 200:
        raise ValueError(f"{path} answers {response.status_code}")
    return response


def _brotli(packed: bytes) -> bytes:
    """Returns the same page as Brotli with the same size, so that the length does not reveal the
    encoding."""
    return brotli.compress(gzip.decompress(packed), lambda _bare: SHARED)


def _put(file: Path, forms: dict[str, bytes]) -> set[Path]:
    file.parent.mkdir(parents=True, exist_ok=True)
    for suffix, body in forms.items():
        # Replaced atomically: a concurrent reader gets the old file or the new one.
        fresh = file.with_name(f".{file.name}{suffix}")
        fresh.write_bytes(body)
        fresh.replace(file.with_name(file.name + suffix))
    return {file.with_name(file.name + suffix) for suffix in forms}
