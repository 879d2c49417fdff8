"""Pages read aloud: a recording that the deployer provides, else a voice on the device.

Like every static file a recording is served under a neutral name, but browsers may not store it,
and it is requested only when somebody presses play. Without one, `static/js/aloud.js` offers a
local voice, if there is any.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from webapp.site.app_services import get_services
from webapp.site.recordings import Recording

blueprint = Blueprint("aloud", __name__)


class AudioConverter(BaseConverter):
    """A URL converter for the neutral name of a recording."""

    regex = r"[0-9a-f]{12}\.(?:mp3|m4a|ogg|opus)"
    weight = 50


@blueprint.record_once
def register_converter(state: BlueprintSetupState) -> None:
    """Registers the converter; runs before the route below is made."""
    state.app.url_map.converters["audio"] = AudioConverter


def find_recording() -> Recording | None:
    """Returns the recording of the requested page, or None."""
    language, _slash, code = request.path.strip("/").partition("/")
    return get_services().recordings.get((language, code))


@blueprint.get("/s/<audio:name>")
def serve(name: str) -> Response:
    """Returns one recording, or the byte range that the player requests."""
    known = get_services().recordings.values()
    one = next((each for each in known if each.url == f"/s/{name}"), None)
    if one is None:
        abort(404)
    response = Response(one.path.read_bytes(), mimetype=one.kind)
    response.make_conditional(request, accept_ranges=True, complete_length=one.bytes)
    return response


def init_app(app: Flask) -> None:
    """Makes `recording` available to templates, and registers the blueprint."""
    app.jinja_env.globals["recording"] = find_recording
    app.register_blueprint(blueprint)
