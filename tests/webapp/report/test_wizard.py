"""The wizard under any order of requests: nothing is lost, nothing is sent twice, no dead end.

A model of what each form's token should hold goes beside the real thing.
"""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from reports.intake import draft, token
from reports.intake.form_flow import FormFlow
from reports.intake.question import TextField
from reports.intake.questions import FIELDS, clean
from reports.model import Report
from tests.support.cast import Instance
from tests.support.forms import Form, carried, code_in, text
from tests.support.web import Clock
from webapp.report.steps import CODES, get_field_name
from webapp.site.app_services import get_services

BUTTONS = ("next", "back", "stay", "end", "send", "check", "nonsense", "2", "5", "7", "13", "16")
LANGUAGES = range(5)
TYPED = ("kitchen", "مطبخ", "a\nb", "<b>x</b>", "\x00x", "x" * 301, "")
NAMES = {get_field_name(name): name for name in FIELDS}
TOLD = [name for name, field in FIELDS.items() if isinstance(field, TextField)]
ANSWERED = ("yes", "no", "unknown", "BE", "LU", "self", "professional", "labour", "minor", "debt")
TOKEN = re.compile(r"name=\"(f\d+)\"")


class Wizard(RuleBasedStateMachine):
    """Somebody who presses what they like, on any page they have ever seen."""

    def __init__(self, client: FlaskClient, instance: Instance, clock: Clock) -> None:
        super().__init__()
        self.client, self.instance, self.clock = client, instance, clock
        self.pages: list[TestResponse] = [client.get("/en/5")]
        self.held: dict[str, dict[str, str]] = {}
        self.earlier = self.reports()
        self.codes: dict[str, str] = {}

    @rule(language=st.sampled_from(LANGUAGES))
    def begin(self, language: int) -> None:
        self.pages.append(self.client.get(self.address(language)))

    @rule(minutes=st.sampled_from((1, 20, 61)))
    def wait(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        if minutes > 60:
            self.held.clear()

    @rule(
        back=st.integers(0, 3),
        button=st.sampled_from(BUTTONS),
        language=st.sampled_from(LANGUAGES),
        words=st.sampled_from(TYPED),
        answer=st.sampled_from(ANSWERED),
    )
    def press(self, back: int, button: str, language: int, words: str, answer: str) -> None:
        """On one of the last pages: answer what it asks, press a button, in any language."""
        page = self.pages[-1 - min(back, len(self.pages) - 1)]
        hidden = carried(page)
        asked = {name for name in TOKEN.findall(text(page)) if name in NAMES} - set(hidden)
        typed = {n: words if NAMES[n] in TOLD else answer for n in asked}
        shown = self.client.post(self.address(language), data={**hidden, **typed, "b": button})
        assert shown.status_code == 200
        assert "<h1" in text(shown)
        self.pages.append(shown)
        self.check(hidden, typed, button, shown)

    @rule(back=st.integers(0, 3))
    def finish(self, back: int) -> None:
        """Tell the story on one of the last pages, and send."""
        hidden = carried(self.pages[-1 - min(back, len(self.pages) - 1)]) | {"s": CODES["story"]}
        for button, typed in (("next", {"f8": "kitchen"}), ("send", {})):
            shown = self.client.post("/en/5", data={**hidden, **typed, "b": button})
            self.pages.append(shown)
            self.check(hidden, typed, button, shown)
            hidden = carried(shown)

    def check(
        self, hidden: dict[str, str], typed: dict[str, str], button: str, shown: TestResponse
    ) -> None:
        asked_with, now = hidden.get("t", ""), carried(shown).get("t", "")
        assert now, "every page leads on"
        code = code_in(shown.get_data(as_text=True))
        if asked_with in self.codes:
            assert code == self.codes[asked_with], "sent once, and the same code again"
        elif code:
            self.codes[asked_with] = code
        assert self.reports() - self.earlier == len(self.codes)
        if not code and now == asked_with and asked_with in self.held:
            held = self.held[now]
            words = {name: words for name, words in held.items() if name in TOLD}
            words |= self.taken(held, hidden, typed, button)
            assert self.kept(now).items() >= words.items()
        self.held[now] = {} if code else self.kept(now)

    def taken(
        self, held: dict[str, str], hidden: dict[str, str], typed: dict[str, str], button: str
    ) -> dict[str, str]:
        """The words that the step in hand adds to what is held."""
        if button in ("send", "check"):
            return {}
        step = next(name for name, number in CODES.items() if number == hidden["s"])
        fields = FormFlow.from_answers(held).list_fields(step)
        told = {f.name: (f, typed.get(get_field_name(f.name))) for f in fields if f.name in TOLD}
        return {
            name: clean(words)
            for name, (field, words) in told.items()
            if words is not None
            and isinstance(field, TextField)
            and len(clean(words)) <= field.limit
            if clean(words) or not field.needed
        }

    def address(self, language: int) -> str:
        """The form's address in one of the languages that the instance offers."""
        offered = get_services(self.client.application).languages.offered
        return f"/{offered[language % len(offered)].tag}/5"

    def reports(self) -> int:
        """How many there are, those of earlier walks too."""
        count = self.instance.session.scalars(select(func.count()).select_from(Report)).one()
        self.instance.session.rollback()
        return count

    def kept(self, token_text: str) -> dict[str, str]:
        """What the draft holds; its marks are no answers."""
        form = token.read(self.instance.vault, token_text, self.clock.now)
        answers = draft.load(self.instance.session, form, self.clock.now) or {}
        self.instance.session.rollback()
        return {name: value for name, value in answers.items() if name in FIELDS}


def test_any_order_of_requests_loses_nothing_and_sends_once(
    client: FlaskClient, app_instance: Instance, clock: Clock
) -> None:
    run_state_machine_as_test(
        lambda: Wizard(client, app_instance, clock),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A failing walk is short enough to read; making it shorter takes minutes.
            phases=(Phase.generate,),
        ),
    )


def test_hostile_words_in_one_field_keep_every_other(client: FlaskClient) -> None:
    told = [field for field in FIELDS.values() if isinstance(field, TextField)]
    for step in CODES:
        words = [field for field in told if field.step == step]
        for hostile in words:
            for value in ("x" * (hostile.limit + 1), "a\ufffd", "\ufffd" * 50):
                form = Form(client)
                form.press(f5="witness")
                typed = {get_field_name(field.name): "kitchen" for field in words}
                typed |= {get_field_name(hostile.name): value}
                hidden = carried(form.page) | {"s": CODES[step]}
                page = client.post("/en/5", data={**hidden, **typed, "b": "next"})
                assert page.status_code == 200
                assert value in text(page)
                shown = text(page).count("kitchen")
                assert shown >= len(words) - 1, (step, hostile.name)
