"""The headers of every response, one table a face, and the refusal of foreign requests.

Both faces are locked to their own origin. The public face adds nothing that could tell one of its
pages from another; the desk differs only in what htmx needs.
"""

from typing import Final

from flask import Flask, Response, abort, request

from webapp.site.app_services import get_services

DESK_PREFIX: Final = "/desk"
HEALTH_PATHS: Final = ("/up", "/ready")
"""What answers under every host name of the instance: a monitor asks the machine."""
OF_BOTH_FACES: Final = ("assets", "up")
"""The blueprints that every process has."""

_DENIED: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def build_policy(**directives: str) -> str:
    """A Content-Security-Policy that allows nothing but what is named (`_` stands for `-`)."""
    allowed = {"default_src": "'none'", "base_uri": "'none'", "frame_ancestors": "'none'"}
    allowed |= directives
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in allowed.items())


SHARED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _DENIED),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
PUBLIC: Final = SHARED | {
    "Content-Security-Policy": build_policy(
        script_src="'self'",
        style_src="'self'",
        img_src="'self' data:",
        media_src="'self'",
        manifest_src="'self'",
        connect_src="'self'",
        form_action="'self'",
    ),
}
DESK: Final = SHARED | {
    "Content-Security-Policy": build_policy(
        script_src="'self'",
        style_src="'self'",
        img_src="'self'",
        connect_src="'self'",
        form_action="'self'",
    ),
}
DOWNLOAD_POLICY: Final = build_policy(sandbox="")
"""For files that people sent: nothing runs, nothing loads, and the frame has no origin."""
_SILENT: Final = "microphone=()"
RECORDING: Final = {
    "Permissions-Policy": PUBLIC["Permissions-Policy"].replace(_SILENT, "microphone=(self)"),
    "Content-Security-Policy": PUBLIC["Content-Security-Policy"].replace(
        "media-src 'self'", "media-src 'self' blob:"
    ),
}
"""For the one kind of page that may record: its microphone, and what it plays back."""


def is_desk() -> bool:
    """Whether this request is for the staff face.

    A process that serves one face alone answers everything in the manner of that face: unknown
    addresses too, so that its failures name no page that it does not have.
    """
    face = get_services().config.face
    if face == "public":
        return False
    if face == "desk":
        return request.blueprint not in OF_BOTH_FACES
    return request.path == DESK_PREFIX or request.path.startswith(f"{DESK_PREFIX}/")


def refuse_foreign() -> None:
    """Refuse what another site makes a browser send here; 403.

    Under `no-referrer` browsers send `Origin: null` with a form of our own, so that `null` says
    nothing; `Sec-Fetch-Site` decides, and the form's token where a browser sends neither.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin", "null")
    # Not parsed as an address: what is no address at all must be refused, not raise.
    if origin != "null" and origin.partition("://")[2].lower() != request.host.lower():
        abort(403)


def keep_faces_apart() -> None:
    """With a host for staff, the desk answers there only, and the public face everywhere else."""
    config = get_services().config
    shared = request.path.startswith("/s/") or request.path in HEALTH_PATHS
    if config.staff_host is None or shared:
        return
    if is_desk() != (request.host.lower() == config.staff_host):
        abort(404)


def add_headers(response: Response) -> Response:
    """Put the face's table on a response; a header that a view set itself stays."""
    for name, value in (DESK if is_desk() else PUBLIC).items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers.pop("ETag", None)
    config = get_services().config
    clear = request.is_secure and request.host.lower() != config.onion_host
    if config.onion_host and clear and not is_desk() and response.mimetype == "text/html":
        response.headers["Onion-Location"] = f"http://{config.onion_host}{request.path}"
    return response


def allow_recording(response: Response) -> Response:
    """Let this page use the microphone, once the person agrees, and play what was recorded."""
    response.headers.update(RECORDING)
    return response


def init_app(app: Flask) -> None:
    """Guard every request, and dress every response (also those of errors)."""
    app.before_request(keep_faces_apart)
    app.before_request(refuse_foreign)
    app.after_request(add_headers)
