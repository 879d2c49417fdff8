"""Static files under neutral names: `/s/<hash>.<kind>`, computed and compressed once at start.

No build step: the files are served as they stand, from memory. The name changes with the content,
so that a browser may keep them for a year, and says nothing about what they are.

A public page asks for three files: the style sheet with its image inside, the exit's script, and
`PAGE`, which is all other scripts in one. On a bad line each request costs more than its bytes.
"""

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from webapp.site.app_services import get_services

FOLDER = Path(__file__).parents[1] / "static"
KINDS = (".css", ".js", ".png", ".webp")
INDENTATION = re.compile(rb"\n\s+")
COMMENTS = re.compile(rb"^(?://[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
PAGE = "js/page.js"
PARTS_OF_PAGE = (
    "js/keys.js",
    "js/work.js",
    "js/again.js",
    "js/copy.js",
    "js/aloud.js",
    "js/more.js",
)
"""What every public page loads after it is read, in this order; each part ends by itself."""
SHEET = "css/page.css"
PARTS_OF_SHEET = ("css/public.css", "css/reading.css")
"""The one style sheet of every public page; in rooms of readable size here."""
CACHE = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file in memory; `packed` is its gzip form where that is smaller."""

    name: str
    kind: str
    body: bytes
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files: by their path in the folder, and by their neutral name."""

    by_path: Mapping[str, Asset]
    by_name: Mapping[str, Asset]


def gather(folder: Path = FOLDER, words: Mapping[str, str] | None = None) -> Assets:
    """Read every file of `folder`.

    Each key of `words` found in a script of ours becomes its value, and indentation and the
    comments that fill lines are left out (so no template literals there); a style sheet names an
    image by its path here, `url("icons/a.png")`, and carries it.
    """
    by_path: dict[str, Asset] = {}
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in KINDS]
    for path in sorted(paths, key=lambda path: path.suffix == ".css"):
        body = path.read_bytes()
        if path.suffix == ".js" and "vendor" not in path.parts:
            body = COMMENTS.sub(b"", INDENTATION.sub(b"\n", _put_in(body, words or {})))
        if path.suffix == ".css":
            images = {name: asset for name, asset in by_path.items() if _is_image(asset)}
            body = _put_in(
                body, {f'url("{name}")': f'url("{_data(asset)}")' for name, asset in images.items()}
            )
        by_path[path.relative_to(folder).as_posix()] = _asset(path.suffix, body)
    for whole, parts in ((PAGE, PARTS_OF_PAGE), (SHEET, PARTS_OF_SHEET)):
        found = [by_path[name].body for name in parts if name in by_path]
        by_path[whole] = _asset(Path(whole).suffix, b"".join(found))
    return Assets(by_path, {asset.name: asset for asset in by_path.values()})


def _put_in(body: bytes, words: Mapping[str, str]) -> bytes:
    for word, value in words.items():
        body = body.replace(word.encode(), value.encode())
    return body


def _is_image(asset: Asset) -> bool:
    return asset.kind.startswith("image/")


def _data(asset: Asset) -> str:
    """The file itself as an address (RFC 2397)."""
    return f"data:{asset.kind};base64,{base64.b64encode(asset.body).decode()}"


def _asset(suffix: str, body: bytes) -> Asset:
    packed = gzip.compress(body, mtime=0)
    kind = mimetypes.types_map.get(suffix, "application/octet-stream")
    return Asset(
        name=hashlib.sha256(body).hexdigest()[:12] + suffix,
        kind=f"{kind}; charset=utf-8" if suffix in (".css", ".js") else kind,
        body=body,
        packed=packed if len(packed) < len(body) else None,
    )


def get_asset_url(path: str) -> str:
    """The address of the static file at `path`, such as `css/public.css`; KeyError if none."""
    assets = get_services().assets
    return f"/s/{assets.by_path[path].name}"


def get_asset_data(path: str) -> str:
    """The image at `path` as an address that needs no request; KeyError if there is none."""
    return _data(get_services().assets.by_path[path])


@blueprint.get("/s/<name>")
def serve(name: str) -> Response:
    """One static file, compressed for whoever can read that."""
    asset = get_services().assets.by_name.get(name)
    if asset is None:
        abort(404)
    packs = bool(asset.packed) and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packs else asset.body, content_type=asset.kind)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = CACHE
    return response


def init_app(app: Flask) -> None:
    """Serve the static files, and give templates `asset_url` and `asset_data`."""
    app.jinja_env.globals |= {"asset_url": get_asset_url, "asset_data": get_asset_data}
    app.register_blueprint(blueprint)
