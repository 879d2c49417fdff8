"""The page behind the link in a packet: one code, one referral, one answer at a time.

The code is after the `#`, which browsers do not send; a small script puts it into the form, and
without script it is pasted there. The page mentions no report, and does not reveal whether a wrong
code was ever valid.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.delivery import answer_code
from reports.errors import (
    AnswerRefused,
    ReasonMissing,
    ReceiptInvalid,
    TextTooLong,
    WaysideError,
)
from reports.triage.referral import recipient_answers
from reports.triage.referral.recipient_answers import GivenAnswer
from webapp.desk.desk_errors import describe_error
from webapp.desk.labels import FROM_HERE
from webapp.site import clock
from webapp.site.db import get_vault, transaction
from webapp.staff_auth import allow_everybody

blueprint = Blueprint("acknowledge", __name__, url_prefix="/desk/received")
LIMIT = 400
"""The most characters of a code that are read."""


@blueprint.get("")
@allow_everybody
def show_form() -> ResponseReturnValue:
    """Asks for the code and the answer."""
    return _page()


@blueprint.post("")
@allow_everybody
def record_answer() -> ResponseReturnValue:
    """Stores the recipient's answer."""
    kind, typed = request.form.get("kind", "acknowledged"), request.form.get("text", "")
    try:
        with transaction() as session:
            delivery_id = answer_code.read(get_vault(), request.form.get("code", "")[:LIMIT])
            referral = recipient_answers.find_referral(session, delivery_id)
            if referral is None:
                raise ReceiptInvalid("erased")
            given = GivenAnswer(kind, typed)
            recipient_answers.record_answer(session, get_vault(), referral, given, clock.now())
    except (AnswerRefused, ReasonMissing, ReceiptInvalid, TextTooLong) as problem:
        return _page(problem)
    return render_template("acknowledge/kept.html")


def _page(problem: WaysideError | None = None) -> ResponseReturnValue:
    page = render_template(
        "acknowledge/ask.html",
        code=request.form.get("code", "")[:LIMIT],
        chosen_kind=request.form.get("kind", "acknowledged"),
        typed=request.form.get("text", ""),
        words=FROM_HERE,
        mistake=describe_error(problem, "answer") if problem else None,
    )
    return make_response(page, 422 if problem else 200)
