"""The report form at a single address: GET shows the first question, and every step is a POST to
it.

The next page is the response to the form and never a redirect, so that no state is in a URL. When
something fails on the server, the form comes back with what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from reports import codes
from reports.errors import Busy, DraftIncomplete, NoRoom, NotFounded, RosterBroken
from reports.intake import draft, proof_of_work, submit
from reports.intake.answers import FieldError
from reports.intake.form_flow import CALL, FILES, FIRST, REVIEW, STORY, FormFlow
from reports.intake.spam_check import Circumstances
from reports.intake.submit import CompletedForm, Receipt
from reports.routing.engine import propose
from reports.routing.entries import Contact
from reports.triage.routing_facts import build_facts
from webapp.i18n import get_language
from webapp.report import files, forms, wizard
from webapp.report.forms import StepForm
from webapp.report.review import build_review, has_child_duty, shorten_review
from webapp.report.steps import CODES, TRAPPED, list_repeated_names
from webapp.report.wizard import LossReason, NextPage
from webapp.site import disk_guard, failure_log, kept_form, rate_limit, unsent_budget
from webapp.site.clock import now
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault, transaction
from webapp.site.form_body import read_form
from webapp.site.padded_response import allow_echo
from webapp.site.page_sizes import render_to_fit
from webapp.site.security_headers import allow_recording
from webapp.site.served_countries import list_countries

OUR_TROUBLE: Final = (Busy, NoRoom, RosterBroken, NotFounded, SQLAlchemyError, OSError)
"""Failures of the server when storing an answer; the reporter did nothing wrong."""
RETRY_SECONDS: Final = "30"
MOST_HELPERS: Final = 8
"""Contact points on the receipt; all are one press away."""

blueprint = Blueprint("report", __name__)


@blueprint.get("/<language>/5")
def start() -> str | Response:
    """Shows the first question, with a token under which nothing is stored yet."""
    return _page(wizard.start_form(get_vault(), now()))


@blueprint.post("/<language>/5")
def answer() -> str | Response:
    """Stores the answers of one step and shows the next page, or sends the report."""
    sent = forms.parse_form(read_form(list_repeated_names()))
    remember_form(sent)
    try:
        ways = {"send": _send, "check": _check}
        return _page(ways.get(sent.button, _keep)(sent))
    except OUR_TROUBLE as problem:
        failure_log.log_failure(problem)
        return _unkept(sent)


def remember_form(sent: StepForm) -> None:
    """Let whatever fails on our side hand back the form of this step."""
    kept_form.remember(lambda _status: _unkept(sent))


def continue_form(sent: StepForm, wrong: Sequence[str] = ()) -> str | Response:
    """Does the same for the form with files; `wrong` holds error sentences about them."""
    try:
        return _page(_keep(sent), wrong)
    except OUR_TROUBLE as problem:
        failure_log.log_failure(problem)
        return _unkept(sent)


def _keep(sent: StepForm) -> NextPage:
    vault, moment = get_vault(), now()
    with transaction() as session:
        if wizard.has_begun(session, vault, sent, moment):
            disk_guard.require_reserved_space()
        else:
            disk_guard.require_free_space()
        tag = rate_limit.find_network_tag()
        turn = wizard.save_answers(session, vault, sent, moment, tag)
        unsent_budget.keep_within(session)
        return turn


def _send(sent: StepForm) -> NextPage:
    """Submits the draft; returns the receipt, or the page that says what prevents it."""
    moment = now()
    held = wizard.read_or_issue_token(get_vault(), sent, moment)
    if held.lost:
        return wizard.start_form(get_vault(), moment, held.lost)
    code = codes.derive_code(held.token.secret)
    key = get_vault().derive_receipt_key(code.locator, code.secret, sending=True)
    worked = proof_of_work.is_valid(sent.token, sent.work)
    try:
        with transaction() as session:
            earlier = submit.find_receipt(session, held.token)
            if earlier:
                turn = wizard.repeat_receipt(session, held, earlier)
                return replace(turn, quiet=sent.repeated)
            disk_guard.require_reserved_space()
            answers = draft.load(session, held.token, moment)
            answers_gone, files_gone = wizard.find_losses(session, held.token)
            if answers is None and answers_gone:
                return wizard.begin_again(held, sent)
            if answers is None:
                return wizard.start_form(get_vault(), moment, LossReason.HOUR)
            if files_gone:
                # Not sent without them before the person knows.
                return NextPage(FILES, held.text, answers, files_gone=True)
            came = Circumstances(
                sent.trapped or TRAPPED in answers, worked, rate_limit.count_report()
            )
            form = CompletedForm(answers, key, get_language().tag, came)
            receipt = submit.submit(session, get_vault(), held.token, form, moment)
        return NextPage(REVIEW, held.text, answers, receipt=receipt)
    except DraftIncomplete as problem:
        faults = [FieldError(field, "empty", "") for field in problem.fields]
        return NextPage(STORY, held.text, {}, faults)
    except IntegrityError:
        # The same form was sent twice at once, and the other request was faster.
        return _keep(sent)


def _check(sent: StepForm) -> NextPage:
    """Returns the receipt again, with the code that the reporter typed back.

    The code is compared with the one derived from the form token, so nothing is decrypted and no
    slow key derivation is needed.
    """
    held = wizard.read_or_issue_token(get_vault(), sent, now())
    receipt = None if held.lost else submit.find_receipt(get_session(), held.token)
    if receipt is None:
        return wizard.start_form(get_vault(), now(), LossReason.HOUR)
    turn = wizard.repeat_receipt(get_session(), held, receipt)
    return replace(turn, typed_back=sent.code, helpers=sent.helpers)


def _page(turn: NextPage, wrong: Sequence[str] = ()) -> str | Response:
    if turn.receipt:
        return _receipt_page(turn, turn.receipt)
    flow = FormFlow.from_answers(turn.answers)
    shared = {
        "token": turn.token_text,
        "step": CODES[turn.step],
        "progress_of": flow.count_progress(turn.step),
        "back": flow.find_previous(turn.step),
        "may_end": flow.may_end(turn.step),
        "kind": turn.answers.get("kind", ""),
        "lost": turn.lost.value if turn.lost else None,
        "work": turn.work,
        "files_gone": turn.files_gone,
    }
    if turn.choosing:
        return render_template("report/languages.html", name=turn.step, **shared)
    if turn.step == CALL:
        return render_template("report/call.html", contacts=_helpers(turn), **shared)
    if turn.step == REVIEW:
        found, review = files.list_files(turn.token_text), build_review(flow)
        return render_to_fit(
            lambda room: render_template(
                "report/review.html",
                review=shorten_review(review, room),
                files=found,
                files_step=CODES[FILES],
                **shared,
            )
        )
    if turn.step == FILES:
        listed = files.build_page_context(turn.token_text, wrong)
        html = render_template("report/files.html", name=FILES, **listed, **shared)
        return allow_recording(make_response(html))
    fields = forms.build_fields(turn.step, flow, turn.faults)
    allow_echo(*(field.value for field in fields))
    return render_template(
        "report/step.html",
        name=turn.step,
        fields=fields,
        mistakes=forms.list_mistakes(fields),
        duty=has_child_duty(turn.answers),
        **shared,
    )


def _receipt_page(turn: NextPage, receipt: Receipt) -> str:
    typed = turn.typed_back
    return render_template(
        "report/receipt.html",
        code=receipt.code.grouped,
        repeated=receipt.repeated and typed is None and not turn.quiet,
        token=turn.token_text,
        step=CODES[REVIEW],
        typed=typed or "",
        right=None if typed is None else codes.matches(typed, receipt.code),
        contacts=_helpers(turn),
        moment=now(),
    )


def _helpers(turn: NextPage) -> list[Contact]:
    """Returns who can help now; on the page of numbers to call, only emergency numbers."""
    known = {
        one.id: one for one in get_countries().contacts.values() if one.public and not one.guarded
    }
    if named := [known[id] for id in dict.fromkeys(turn.helpers.split()) if id in known]:
        return named[:MOST_HELPERS]
    facts = build_facts(turn.answers, get_countries().space, now())
    route = propose(get_countries(), facts, "help")
    contacts = [get_countries().find_contact(id) for id in route.ids]
    if turn.step == CALL:
        contacts = [contact for contact in contacts if contact.category == "emergency"]
    return contacts[:MOST_HELPERS]


def _unkept(sent: StepForm) -> Response:
    """Returns 503 with the same form, what was typed still in it, and a button to retry."""
    step = sent.step if sent.step in CODES else FIRST
    flow = FormFlow.from_answers({**wizard.read_door(sent), **sent.raw})
    shared = {
        "token": sent.token,
        "step": CODES[step],
        "progress_of": flow.count_progress(step),
        "back": flow.find_previous(step),
        "kind": sent.kind,
        "work": sent.work,
        "unkept": True,
        "places": list_countries(),
    }
    fields = () if sent.button == wizard.KEEP else forms.build_fields(step, flow)
    if fields:
        allow_echo(*(field.value for field in fields))
        html = render_template("report/step.html", name=step, fields=fields, **shared)
    else:
        html = render_template("report/unkept.html", button=sent.button, **shared)
    response = make_response(html, 503)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response
