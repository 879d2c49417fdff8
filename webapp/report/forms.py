"""From what was typed to what is shown: the fields of one step, with their words and mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from reports.intake import form_flow
from reports.intake.questions import (
    LINE_LIMIT,
    ChoiceField,
    FieldError,
    FormField,
    MultiChoiceField,
    TextField,
    clean,
    get_default,
    split_codes,
)
from reports.intake.taxonomy import TAXONOMY
from webapp.i18n import MESSAGES, get_languages
from webapp.report.steps import (
    AGAIN_FIELD,
    CODE_FIELD,
    CODES,
    FIELD_NAMES,
    HELPERS_FIELD,
    TRAP_FIELD,
    WORK_FIELD,
    find_step,
    read_raw_answers,
)
from webapp.wording.report_answers import UNKNOWN, find_labels
from webapp.wording.report_questions import find_hint, find_question
from webapp.wording.taxonomy_labels import label_entry

_ = MESSAGES.lazy_gettext

Option = tuple[str, str]
THIS_LANGUAGE: Final[LazyString] = _("The language of this page")


@dataclass(frozen=True)
class StepForm:
    """One form as it came in. `raw` holds the fields of its step under the domain's names.

    `trapped`: the field that people cannot see was filled in. `work`: the proof of work, if any.
    `repeated`: the page's own script sent it before, and the person knows nothing of it.
    `helpers`: the contact points that the receipt named, when the draft was still there.
    """

    token: str
    step: str
    button: str
    raw: Mapping[str, str]
    kind: str
    trapped: bool
    work: str
    code: str
    repeated: bool = False
    helpers: str = ""

    @property
    def fresh(self) -> bool:
        """A door leads here without a token: the report begins."""
        return not self.token


@dataclass(frozen=True)
class RenderedField:
    """One field, ready for its macro; `shape` is "choice", "ticks", "area" or "line".

    `groups`: what can be ticked, under the heading of its group.
    """

    id: str
    shape: str
    label: str
    hint: str
    value: str
    mistake: str
    options: tuple[Option, ...] = ()
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()

    @property
    def chosen(self) -> list[str]:
        """The codes that are ticked."""
        return split_codes(self.value)


@dataclass(frozen=True)
class ReviewRow:
    """One step on the review: its code, and what was answered to each of its questions.

    An answer is a question, its words, and the direction of words that the person typed.
    """

    code: str
    question: str
    answers: tuple[tuple[str, str, str], ...]


def parse_form(form: Mapping[str, str]) -> StepForm:
    """What a form carried: token, step, the button pressed, the step's fields."""
    step = find_step(form.get("s", ""))
    return StepForm(
        token=form.get("t", ""),
        step=step,
        button=form.get("b", "next"),
        raw=read_raw_answers(step, form),
        kind=form.get(FIELD_NAMES["kind"], ""),
        trapped=bool(form.get(TRAP_FIELD)),
        work=form.get(WORK_FIELD, ""),
        code=form.get(CODE_FIELD, ""),
        repeated=AGAIN_FIELD in form,
        helpers=form.get(HELPERS_FIELD, ""),
    )


def build_fields(
    step: str, answers: Mapping[str, str], faults: Sequence[FieldError] = ()
) -> list[RenderedField]:
    """The fields of `step` with `answers` in them; a faulty one shows what was typed."""
    wrong = {fault.field: fault for fault in faults}
    door = form_flow.find_door(answers)
    reception = door == "professional" and answers.get("reception") == "yes"
    return [
        _shown(field, door, answers, wrong.get(field.name), reception=reception)
        for field in form_flow.list_fields(step, door)
    ]


def list_mistakes(fields: Sequence[RenderedField]) -> list[tuple[str, str]]:
    """What is wrong, for the summary above the form: field id and sentence."""
    return [(field.id, field.mistake) for field in fields if field.mistake]


def list_review_rows(answers: Mapping[str, str]) -> tuple[list[ReviewRow], list[ReviewRow]]:
    """The steps for the review: those with an answer, and those that were left out."""
    door = form_flow.find_door(answers)
    told: list[ReviewRow] = []
    left: list[ReviewRow] = []
    for step in form_flow.list_steps(answers):
        fields = form_flow.list_fields(step, door)
        if not fields:
            continue
        found = tuple(_told(field, door, answers) for field in fields if _is_told(field, answers))
        (told if found else left).append(
            ReviewRow(CODES[step], find_question(fields[0].name, door), found)
        )
    return told, left


def format_error(fault: FieldError) -> str:
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


def _shown(
    field: FormField,
    door: str,
    answers: Mapping[str, str],
    fault: FieldError | None,
    *,
    reception: bool,
) -> RenderedField:
    ticks = isinstance(field, MultiChoiceField)
    return RenderedField(
        id=FIELD_NAMES[field.name],
        shape=_shape(field),
        label=find_question(field.name, door),
        hint=find_hint(field.name, door),
        value=fault.value if fault else answers.get(field.name, ""),
        mistake=format_error(fault) if fault else "",
        options=() if ticks or isinstance(field, TextField) else tuple(_words(field, door).items()),
        groups=_signs(door, reception=reception) if ticks else (),
    )


def _shape(field: FormField) -> str:
    if isinstance(field, TextField):
        return "area" if field.limit > LINE_LIMIT * 2 else "line"
    return "ticks" if isinstance(field, MultiChoiceField) else "choice"


def _words(field: FormField, door: str) -> dict[str, str]:
    """What a field that is no field of words can be answered with."""
    if isinstance(field, ChoiceField | MultiChoiceField):
        return {code: str(words) for code, words in find_labels(field.name, door).items()}
    offered = {row.tag: row.name for row in get_languages().offered}
    return {get_default(field): str(THIS_LANGUAGE), **offered}


def _signs(door: str, *, reception: bool) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    asked = [sign.id for sign in TAXONOMY.list_signs(door, reception=reception)]
    groups = tuple(
        (
            str(label_entry(group, door)),
            tuple((sign.id, str(label_entry(sign, door))) for sign in signs),
        )
        for group, signs in TAXONOMY.group_signs(asked)
    )
    return (*groups, ("", (("unknown", str(UNKNOWN)),)))


def _is_told(field: FormField, answers: Mapping[str, str]) -> bool:
    """Whether this was answered with anything but "I don't know"."""
    value = answers.get(field.name, "")
    return value not in ("", "unknown") and value != get_default(field)


def _told(field: FormField, door: str, answers: Mapping[str, str]) -> tuple[str, str, str]:
    value = answers[field.name]
    label = find_question(field.name, door)
    if isinstance(field, TextField):
        return label, value, "auto"
    words = _words(field, door)
    codes = split_codes(value) if isinstance(field, MultiChoiceField) else [value]
    return label, "\n".join(words.get(code, code) for code in codes), ""
