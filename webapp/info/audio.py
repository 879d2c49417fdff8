"""Pages read aloud: a recording where a deployer put one, else a voice that lives on the device.

A recording of the page `/<language>/<code>` is `static/audio/<language>/<code>.mp3` (or `.m4a`,
`.ogg`, `.opus`). Like every static file it is served under a neutral name, but no browser may keep
it, and it is asked for only when somebody presses play. Without one, `static/js/aloud.js` offers a
local voice, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_babel import format_decimal
from werkzeug.routing import BaseConverter

FOLDER: Final = Path(__file__).parents[1] / "static" / "audio"
KINDS: Final[Mapping[str, str]] = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}

blueprint = Blueprint("aloud", __name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: its neutral address, its kind, its size, and where it lies."""

    url: str
    kind: str
    bytes: int
    path: Path

    @property
    def megabytes(self) -> str:
        """The size as the reader's language writes it, never less than a tenth."""
        return str(format_decimal(max(0.1, round(self.bytes / 1_000_000, 1))))


class AudioConverter(BaseConverter):
    """The neutral name of a recording."""

    regex = r"[0-9a-f]{12}\.(?:mp3|m4a|ogg|opus)"
    weight = 50


@blueprint.record_once
def register_converter(state: BlueprintSetupState) -> None:
    """Let addresses use the converter; runs before the route below is made."""
    state.app.url_map.converters["audio"] = AudioConverter


def gather(folder: Path = FOLDER) -> dict[tuple[str, str], Recording]:
    """Every recording by language and code of its page."""
    found = {}
    for path in sorted(folder.glob("*/*")):
        kind = KINDS.get(path.suffix)
        if kind and (path.parent.name, path.stem) not in found:
            name = hashlib.sha256(path.read_bytes()).hexdigest()[:12] + path.suffix
            recording = Recording(f"/s/{name}", kind, path.stat().st_size, path)
            found[path.parent.name, path.stem] = recording
    return found


def find_recording() -> Recording | None:
    """The recording of the page that is asked for; None where there is none."""
    language, _slash, code = request.path.strip("/").partition("/")
    return _recordings().get((language, code))


@blueprint.get("/s/<audio:name>")
def serve(name: str) -> Response:
    """One recording, or the part of it that the player asks for."""
    one = next((each for each in _recordings().values() if each.url == f"/s/{name}"), None)
    if one is None:
        abort(404)
    response = Response(one.path.read_bytes(), mimetype=one.kind)
    response.make_conditional(request, accept_ranges=True, complete_length=one.bytes)
    return response


def _recordings() -> Mapping[tuple[str, str], Recording]:
    return cast(Mapping[tuple[str, str], Recording], current_app.extensions["recordings"])


def init_app(app: Flask) -> None:
    """Look through the recordings once, and give templates `recording`."""
    app.extensions["recordings"] = gather()
    app.jinja_env.globals["recording"] = find_recording
    app.register_blueprint(blueprint)
