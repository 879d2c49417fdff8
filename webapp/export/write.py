"""Writes the export: each page is requested from the application itself, so the bytes are the same.

The folder gets `pages/<language>/<code>.html` and `s/<name>`, each with `.gz` and `.br` beside it,
the chooser in each language, `errors/<language>/<status>.html` for what the web server in front
refuses itself, and the files that `docs/deploy/nginx.conf` includes. Pages that depend on the time
(who is open) stay with the application.
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
from webapp.i18n import SOURCE
from webapp.site.app_services import get_services
from webapp.site.error_pages import render_error
from webapp.site.last_resort import build_spare_headers
from webapp.site.padded_response import GUARD
from webapp.site.page_codes import EXIT, HOME, OFFLINE, build_public_path
from webapp.site.page_registry import list_pages
from webapp.site.page_sizes import SHARED, pad_page

ORIGIN: Final = "https://localhost"
PACKED: Final = {"Accept-Encoding": "gzip"}


def write(app: Flask, folder: Path) -> int:
    """Writes the export of `app` into `folder`, over an older one if any; returns the number of
    pages.

    Files that no longer belong to it are deleted, and everybody can read what is there. Raises
    `OSError`, and `PageTooLarge` for a page that does not fit.
    """
    written: set[Path] = set()
    fills: nginx.Fills = {}
    pages = 0
    for path, file in [*_list_choosers(app), *((path, path[1:]) for path in list_addresses(app))]:
        asked = "/" if path.startswith("/?") else path
        packed, plain = (
            _ask(app, asked, encoding, path.removeprefix("/?")) for encoding in ("gzip", "identity")
        )
        html = folder / "pages" / f"{file}.html"
        written |= _put(html, {"": plain.data, ".gz": packed.data, ".br": _brotli(packed.data)})
        fills |= nginx.measure_fills(asked, plain, packed)
        pages += 1
    for name, asset in get_services(app).assets.by_name.items():
        forms = {"": asset.body, ".gz": asset.packed or gzip.compress(asset.body, mtime=0)}
        forms[".br"] = brotli.compress(asset.body)
        written |= _put(folder / "s" / name, forms)
    failures = _render_failures(app)
    for (status, tag), page in failures.items():
        written |= _put(folder / "errors" / tag / f"{status}.html", {"": page})
    written |= _put_configuration(app, folder, fills, next(iter(failures.values())))
    for old in [*folder.glob("pages/*/*"), *folder.glob("errors/*/*"), *folder.glob("s/*")]:
        if old not in written:
            old.unlink()
    _let_all_read(folder, written)
    return pages


def _let_all_read(folder: Path, written: set[Path]) -> None:
    """The web server in front is another user, whom the umask of a command would keep out."""
    for file in written:
        file.chmod(0o644)
    within = {place for file in written for place in file.parents if place.is_relative_to(folder)}
    for place in within:
        place.chmod(0o755)


def _put_configuration(app: Flask, folder: Path, fills: nginx.Fills, failure: bytes) -> set[Path]:
    """Writes what the configuration of nginx includes."""
    client, config = app.test_client(use_cookies=False), get_services(app).config
    sample = client.get(build_public_path(SOURCE, HOME), base_url=ORIGIN, headers=PACKED)
    away = client.get("/", base_url=ORIGIN, headers={"Cookie": f"{GUARD}=1"})
    leaving = client.get(EXIT, base_url=ORIGIN)
    failed = build_spare_headers(500, failure)
    lengths = {code: nginx.measure_failure_fill(code, failed) for code in nginx.PHRASES}
    tags = [row.tag for row in get_services(app).languages.offered]
    tags.sort(key=lambda tag: tag != SOURCE)
    told = {
        "maps.conf": nginx.render_maps(config.exit_urls, fills, lengths, tags),
        "headers.conf": nginx.render_headers(sample),
        "guard.conf": nginx.render_answer_headers(away),
        "exit.conf": nginx.render_answer_headers(leaving),
        "failure.conf": nginx.render_failure_headers(failed),
    }
    return {
        file for name, text in told.items() for file in _put(folder / name, {"": text.encode()})
    }


def _render_failures(app: Flask) -> dict[tuple[int, str], bytes]:
    """Returns the pages of what nginx refuses itself, by status and language."""
    made = {}
    for row in get_services(app).languages.offered:
        for status in nginx.PHRASES:
            with app.test_request_context(f"/{row.tag}/"):
                html = render_error(status).get_data()
            made[status, row.tag] = pad_page(html, SHARED, f"failure {status} {row.tag}")
    return made


def _list_choosers(app: Flask) -> Iterator[tuple[str, str]]:
    """Yields the chooser in each language offered: what is asked, and the name of its file."""
    for row in get_services(app).languages.offered:
        yield f"/?{row.tag}", f"{row.tag}/0.chooser"


def list_addresses(app: Flask) -> Iterator[str]:
    """Yields every page that does not depend on the time, in every language offered."""
    with app.app_context():
        codes = [page.code for page in list_pages() if not page.timely] + [OFFLINE]
        tags = [language.tag for language in i18n.get_languages().offered]
    for tag in tags:
        for code in codes:
            yield build_public_path(tag, code)


def _ask(app: Flask, path: str, encoding: str, tag: str) -> TestResponse:
    headers = {"Accept-Encoding": encoding, "Accept-Language": tag}
    response = app.test_client().get(path, base_url=ORIGIN, headers=headers)
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
