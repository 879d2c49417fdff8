"""What holds erasing back: the clock, an administrator or the limit of a day; and ending it.

Each act asks for the password again: what it lets go is erased for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports import erasing_guard
from reports.act import Act
from reports.errors import NotAllowed, SignInRefused, TooManyGuesses
from webapp.board.views import WATCHERS
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.erasing_line import read_erasing
from webapp.desk.reauthentication import run_after_password
from webapp.desk.template_filters import format_hours_left
from webapp.staff_auth import require_role

blueprint = Blueprint("erasing", __name__, url_prefix="/desk/erasing")
REFUSALS = (SignInRefused, TooManyGuesses, NotAllowed)


@dataclass(frozen=True)
class ErasingStep:
    """What is done, and the code of what is said then."""

    run: Callable[[Act], None]
    done: str


STEPS: Final[Mapping[str, ErasingStep]] = {
    "release": ErasingStep(erasing_guard.release, "erasing_released"),
    "keep": ErasingStep(erasing_guard.keep, "erasing_kept"),
    "lift": ErasingStep(erasing_guard.allow_beyond_limit, "erasing_lifted"),
}


@blueprint.get("")
@require_role(*WATCHERS)
def show_erasing() -> ResponseReturnValue:
    """Whether erasing is held back, by what, and how much waits for it."""
    return render_template(
        "board/erasing.html",
        state=read_erasing(),
        hours_left=format_hours_left,
        done=labels.DONE.get(request.args.get("done", "")),
    )


@blueprint.get("/release")
@require_role("administrator")
def show_release_form() -> ResponseReturnValue:
    """What it means that the clock is right, before somebody says so."""
    return _page("release")


@blueprint.post("/release")
@require_role("administrator")
def release() -> ResponseReturnValue:
    """Somebody says that the clock is right."""
    return _take("release")


@blueprint.get("/keep")
@require_role("administrator")
def show_keep_form() -> ResponseReturnValue:
    """What holding back means, before it is done."""
    return _page("keep")


@blueprint.post("/keep")
@require_role("administrator")
def keep() -> ResponseReturnValue:
    """Hold back what is due until it is released."""
    return _take("keep")


@blueprint.get("/lift")
@require_role(*WATCHERS)
def show_lift_form() -> ResponseReturnValue:
    """What going beyond the limit means, before it is done."""
    return _page("lift")


@blueprint.post("/lift")
@require_role(*WATCHERS)
def allow_rest() -> ResponseReturnValue:
    """Erase beyond the limit today."""
    return _take("lift")


def _take(name: str) -> ResponseReturnValue:
    step = STEPS[name]
    try:
        run_after_password(step.run)
    except REFUSALS as problem:
        return _page(name, describe_error(problem, "roster"))
    return redirect(url_for("erasing.show_erasing", done=step.done), 303)


def _page(name: str, mistake: object = None) -> ResponseReturnValue:
    page = render_template(
        "board/erasing_step.html", state=read_erasing(), step=name, mistake=mistake
    )
    return make_response(page, 422 if mistake else 200)
