"""Pages read aloud: a recording where a deployer put one, else a voice that lives on the device.

Like every static file a recording is served under a neutral name, but no browser may keep it, and
it is asked for only when somebody presses play. Without one, `static/js/aloud.js` offers a local
voice, or nothing.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from webapp.site.app_services import get_services
from webapp.site.recordings import Recording

blueprint = Blueprint("aloud", __name__)


class AudioConverter(BaseConverter):
    """The neutral name of a recording."""

    regex = r"[0-9a-f]{12}\.(?:mp3|m4a|ogg|opus)"
    weight = 50


@blueprint.record_once
def register_converter(state: BlueprintSetupState) -> None:
    """Let addresses use the converter; runs before the route below is made."""
    state.app.url_map.converters["audio"] = AudioConverter


def find_recording() -> Recording | None:
    """The recording of the page that is asked for; None where there is none."""
    language, _slash, code = request.path.strip("/").partition("/")
    return get_services().recordings.get((language, code))


@blueprint.get("/s/<audio:name>")
def serve(name: str) -> Response:
    """One recording, or the part of it that the player asks for."""
    known = get_services().recordings.values()
    one = next((each for each in known if each.url == f"/s/{name}"), None)
    if one is None:
        abort(404)
    response = Response(one.path.read_bytes(), mimetype=one.kind)
    response.make_conditional(request, accept_ranges=True, complete_length=one.bytes)
    return response


def init_app(app: Flask) -> None:
    """Give templates `recording`, and serve what it leads to."""
    app.jinja_env.globals["recording"] = find_recording
    app.register_blueprint(blueprint)
