"""From what was typed to what is shown: the fields of one step, with their words and mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from reports.intake.questions import STEPS, Choice, Fault, Field, clean
from webapp.answers import QUESTIONS, WORDS
from webapp.i18n import MESSAGES
from webapp.report.steps import (
    CODE_FIELD,
    CODES,
    FIELD_NAMES,
    TRAP_FIELD,
    WORK_FIELD,
    raw_answers,
    step_of,
)

_ = MESSAGES.lazy_gettext

REGIONS_OF: Final = "BE"
"""The one country that the form asks the region of."""

HINTS: Final[Mapping[str, LazyString]] = {
    "country": _("Is it over? Then choose the country where the person is now."),
    "region": _("Only if you chose Belgium."),
    "place": _("A town, a street, a company or a website. You can leave this empty."),
    "form": _("Choose what fits best. Is it about you? Then answer for yourself."),
    "kind": _("We do not ask your name."),
    "age": _("Your best guess is enough."),
    "danger": _("For example: someone may be hurt or taken away, today or soon."),
    "story": _(
        "Use your own words, in any language. What did you see or hear? Where and when? "
        "You do not have to give names."
    ),
}


@dataclass(frozen=True)
class Sent:
    """One form as it came in. `raw` holds the fields of its step under the domain's names.

    `trapped`: the field that people cannot see was filled in. `work`: the proof of work, if any.
    """

    token: str
    step: str
    button: str
    raw: Mapping[str, str]
    kind: str
    trapped: bool
    work: str
    code: str

    @property
    def fresh(self) -> bool:
        """A door leads here without a token: the report begins."""
        return not self.token


@dataclass(frozen=True)
class Shown:
    """One field, ready for its macro. `options` is empty for a field of words."""

    id: str
    label: str
    hint: str
    value: str
    mistake: str
    options: tuple[tuple[str, str], ...] = ()
    long: bool = False


def sent(form: Mapping[str, str]) -> Sent:
    """What a form carried: token, step, the button pressed, the step's fields."""
    step = step_of(form.get("s", ""))
    return Sent(
        token=form.get("t", ""),
        step=step,
        button=form.get("b", "next"),
        raw=raw_answers(step, form),
        kind=form.get(FIELD_NAMES["kind"], ""),
        trapped=bool(form.get(TRAP_FIELD)),
        work=form.get(WORK_FIELD, ""),
        code=form.get(CODE_FIELD, ""),
    )


def shown(step: str, answers: Mapping[str, str], faults: Sequence[Fault] = ()) -> list[Shown]:
    """The fields of `step` with `answers` in them; a faulty one shows what was typed."""
    wrong = {fault.field: fault for fault in faults}
    return [_shown(field, answers, wrong.get(field.name)) for field in STEPS[step]]


def mistakes(fields: Sequence[Shown]) -> list[tuple[str, str]]:
    """What is wrong, for the summary above the form: field id and sentence."""
    return [(field.id, field.mistake) for field in fields if field.mistake]


def reviewed(answers: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Every answer for the review: step code, question, words of the answer, text direction."""
    rows = []
    for step, fields in STEPS.items():
        for field in fields:
            value = answers.get(field.name, "")
            if field.name == "region" and answers.get("country") != REGIONS_OF:
                continue
            if isinstance(field, Choice):
                words = str(WORDS[field.name][value or field.default or ""])
                rows.append((CODES[step], str(QUESTIONS[field.name]), words, ""))
            else:
                rows.append((CODES[step], str(QUESTIONS[field.name]), value, "auto"))
    return rows


def sentence(fault: Fault) -> str:
    """A fault in words."""
    if fault.code == "unknown_value":
        return str(_("Please choose one of these answers."))
    if fault.code == "too_long":
        return str(
            _(
                "This is too long. It has %(length)s characters. At most %(limit)s fit.",
                length=len(clean(fault.value)),
                limit=fault.limit,
            )
        )
    if fault.code == "not_text":
        return str(_("We could not read some letters. You see � there. Please write them again."))
    return str(_("Please write what happened. A few words are enough."))


def _shown(field: Field, answers: Mapping[str, str], fault: Fault | None) -> Shown:
    options: tuple[tuple[str, str], ...] = ()
    if isinstance(field, Choice):
        words = WORDS[field.name]
        options = tuple((value, str(words[value])) for value in field.values)
    return Shown(
        id=FIELD_NAMES[field.name],
        label=str(QUESTIONS[field.name]),
        hint=str(HINTS[field.name]),
        value=fault.value if fault else answers.get(field.name, ""),
        mistake=sentence(fault) if fault else "",
        options=options,
        long=not isinstance(field, Choice) and field.needed,
    )
