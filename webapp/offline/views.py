"""The offline copy's three addresses: the offer, the service worker, and the manifest.

Nothing is stored on a device before the reader presses the button of the offer. The service worker
covers one language: its scope is `/<language>/`, so it controls no other page.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template

from webapp.i18n import MESSAGES, get_language
from webapp.site.app_services import get_services
from webapp.site.assets import PAGE, SHEET, get_asset_url
from webapp.site.padded_response import render_cached_page
from webapp.site.page_codes import (
    ASK,
    EXIT,
    HOME,
    MAILBOX,
    MANIFEST,
    OFFLINE,
    REPORT,
    WORKER,
    build_public_path,
)
from webapp.site.page_registry import list_pages
from webapp.site.page_sizes import SHARED

KEPT_DAYS: Final = 30
"""Days after which a copy is no longer shown; it is deleted at the next visit."""
FILES: Final = (SHEET, "js/exit.js", PAGE)
"""Static files that every page loads."""
NEVER: Final = (REPORT, MAILBOX, ASK, WORKER, MANIFEST)
"""Pages that the service worker does not handle."""
SCRIPT: Final = (Path(__file__).parent / "worker.js").read_text("utf-8")

blueprint = Blueprint("offline", __name__)


@blueprint.get(f"/<language>/{OFFLINE}")
def show_offer() -> Response:
    """Shows what a copy contains, its size, who could see it, and the button."""
    return render_cached_page(
        (get_language().tag, "offline"),
        lambda: render_template(
            "offline/offer.html",
            megabytes=math.ceil(measure_copy() / 100_000) / 10,
            pages=len(list_pages()),
            days=KEPT_DAYS,
            worker=_path(WORKER),
            manifest=_path(MANIFEST),
        ),
    )


@blueprint.get(f"/<language>/{WORKER}")
def serve_worker() -> Response:
    """Returns the service worker of this language; it changes with its files and list of pages."""
    told = {
        "pages": [*(_path(page.code) for page in list_pages()), _path(OFFLINE)],
        "files": [get_asset_url(path) for path in FILES],
        "never": [_path(code) for code in NEVER],
        "offer": _path(OFFLINE),
        "exit": EXIT,
        "days": KEPT_DAYS,
        "tag": get_language().tag,
        "words": MESSAGES.gettext(
            "You see a saved page of %(day)s. Opening hours can be wrong now.", day="@"
        ),
    }
    script = SCRIPT.replace("'@TOLD@'", json.dumps(told).replace("<", "\\u003c"))
    return Response(script, content_type="text/javascript; charset=utf-8")


@blueprint.get(f"/<language>/{MANIFEST}")
def serve_manifest() -> Response:
    """Returns a web manifest with a neutral name, which offers no installation."""
    title = get_services().config.title
    told = {
        "name": title,
        "short_name": title,
        "start_url": _path(HOME),
        "scope": _path(""),
        "display": "browser",
        "icons": [{"src": get_asset_url("icons/page.png"), "sizes": "32x32", "type": "image/png"}],
    }
    return Response(json.dumps(told), content_type="application/manifest+json")


def measure_copy() -> int:
    """Returns the transferred bytes of a copy: one size for all pages, and the files."""
    assets = get_services().assets
    files = [assets.by_path[path] for path in FILES]
    return (len(list_pages()) + 1) * SHARED + sum(len(file.packed or file.body) for file in files)


def _path(code: str) -> str:
    return build_public_path(get_language().tag, code)
