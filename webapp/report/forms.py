"""Parses a submitted form, and builds the fields of a step and the rows of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.intake.answers import FieldError
from reports.intake.form_flow import FormFlow
from reports.intake.question import (
    ChoiceField,
    FormField,
    LanguageField,
    MultiChoiceField,
    TextField,
)
from reports.intake.questions import LINE_LIMIT, split_codes
from reports.intake.taxonomy import TAXONOMY
from webapp.i18n import MESSAGES, get_languages
from webapp.report.steps import (
    AGAIN_FIELD,
    CODE_FIELD,
    CODES,
    HELPERS_FIELD,
    TRAP_FIELD,
    WORK_FIELD,
    find_step,
    get_field_name,
    read_raw_answers,
)
from webapp.wording.public_errors import describe_field_error
from webapp.wording.report_answers import UNKNOWN
from webapp.wording.report_questions import find_hint, find_labels, find_question
from webapp.wording.taxonomy_labels import label_entry

_ = MESSAGES.lazy_gettext

Option = tuple[str, str]
"""A code and its label."""
OptionGroup = tuple[str, tuple[Option, ...]]
"""A heading, and the options below it."""


@dataclass(frozen=True)
class StepForm:
    """One form as submitted. `raw` holds the fields of its step under the domain's names.

    `trapped`: the hidden field was filled in. `work`: the proof of work, or "". `repeated`: the
    page's script is sending the form again, without the person knowing. `helpers`: ids of the
    contact points that the receipt listed, while the draft still existed.
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
        """Whether the report begins: the form comes from a door and has no token."""
        return not self.token


@dataclass(frozen=True)
class RenderedField:
    """One field, ready for its macro; `shape` is "choice", "ticks", "area" or "line".

    `groups`: the options to tick, under the heading of their group.
    """

    id: str
    shape: str
    label: str
    hint: str
    value: str
    mistake: str
    options: tuple[Option, ...] = ()
    groups: tuple[OptionGroup, ...] = ()

    @property
    def chosen(self) -> list[str]:
        """The codes that are ticked."""
        return split_codes(self.value)


@dataclass(frozen=True)
class ReviewRow:
    """One step on the review: its code, its question and the answers.

    An answer is a label, the text, and the text direction for words that the person typed.
    """

    code: str
    question: str
    answers: tuple[tuple[str, str, str], ...]


def parse_form(form: Mapping[str, str]) -> StepForm:
    """Returns the submitted form: token, step, button pressed and the step's fields."""
    step = find_step(form.get("s", ""))
    return StepForm(
        token=form.get("t", ""),
        step=step,
        button=form.get("b", "next"),
        raw=read_raw_answers(step, form),
        kind=form.get(get_field_name("kind"), ""),
        trapped=bool(form.get(TRAP_FIELD)),
        work=form.get(WORK_FIELD, ""),
        code=form.get(CODE_FIELD, ""),
        repeated=AGAIN_FIELD in form,
        helpers=form.get(HELPERS_FIELD, ""),
    )


def build_fields(
    step: str, flow: FormFlow, faults: Sequence[FieldError] = ()
) -> list[RenderedField]:
    """Returns the fields of `step` with their answers; an invalid one shows what was typed."""
    wrong = {fault.field: fault for fault in faults}
    return [_render(field, flow, wrong.get(field.name)) for field in flow.list_fields(step)]


def list_mistakes(fields: Sequence[RenderedField]) -> list[tuple[str, str]]:
    """Returns field id and error sentence of each invalid field, for the summary above the form."""
    return [(field.id, field.mistake) for field in fields if field.mistake]


def list_review_rows(flow: FormFlow) -> tuple[list[ReviewRow], list[ReviewRow]]:
    """Returns the steps for the review: those with an answer, and those without."""
    told: list[ReviewRow] = []
    left: list[ReviewRow] = []
    for step in flow.steps:
        fields = flow.list_fields(step)
        if not fields:
            continue
        answered = tuple(
            _describe_answer(field, flow)
            for field in fields
            if field.is_told(flow.answers.get(field.name, ""))
        )
        (told if answered else left).append(
            ReviewRow(CODES[step], find_question(fields[0].name, flow), answered)
        )
    return told, left


def _render(field: FormField, flow: FormFlow, fault: FieldError | None) -> RenderedField:
    ticks = isinstance(field, MultiChoiceField)
    return RenderedField(
        id=get_field_name(field.name),
        shape=_choose_shape(field),
        label=find_question(field.name, flow),
        hint=find_hint(field.name, flow.door),
        value=fault.value if fault else flow.answers.get(field.name, ""),
        mistake=describe_field_error(fault) if fault else "",
        options=() if ticks else tuple(_list_offered(field, flow).items()),
        groups=_group_ticks(field, flow) if ticks else (),
    )


def _choose_shape(field: FormField) -> str:
    if isinstance(field, TextField):
        return "area" if field.limit > LINE_LIMIT * 2 else "line"
    return "ticks" if isinstance(field, MultiChoiceField) else "choice"


def _list_offered(field: FormField, flow: FormFlow) -> dict[str, str]:
    """Returns the codes that can be chosen, with labels."""
    labels = _label_answers(field, flow.door)
    if isinstance(field, ChoiceField):
        return {code: labels[code] for code in flow.list_offered(field)}
    return labels


def _label_answers(field: FormField, door: str) -> dict[str, str]:
    """Returns the codes of all answers that can have come from `door`, with labels."""
    labels = find_labels(field.name, door)
    if isinstance(field, LanguageField):
        labels |= {row.tag: row.name for row in get_languages().offered}
    return labels


def _group_ticks(field: FormField, flow: FormFlow) -> tuple[OptionGroup, ...]:
    if field.name != "signs":
        return (("", tuple(_list_offered(field, flow).items())),)
    reception = flow.door == "professional" and flow.answers.get("reception") == "yes"
    asked = [sign.id for sign in TAXONOMY.list_signs(flow.door, reception=reception)]
    groups = tuple(
        (
            str(label_entry(group, flow.door)),
            tuple((sign.id, str(label_entry(sign, flow.door))) for sign in signs),
        )
        for group, signs in TAXONOMY.group_signs(asked)
    )
    return (*groups, ("", (("unknown", str(UNKNOWN)),)))


def _describe_answer(field: FormField, flow: FormFlow) -> tuple[str, str, str]:
    value = flow.answers[field.name]
    label = find_question(field.name, flow)
    if isinstance(field, TextField):
        return label, value, "auto"
    labels = _label_answers(field, flow.door)
    codes = split_codes(value) if isinstance(field, MultiChoiceField) else [value]
    return label, "\n".join(labels.get(code, code) for code in codes), ""
