"""Parses a submitted form, and builds the fields of a step and the rows of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from reports.intake.answers import FieldError
from reports.intake.form_flow import FormFlow
from reports.intake.question import (
    ChoiceField,
    FormField,
    LanguageField,
    MultiChoiceField,
    TextField,
)
from reports.intake.questions import FIELDS, LINE_LIMIT, WRITTEN_LIMIT, split_codes
from reports.intake.taxonomy import TAXONOMY
from reports.intake.written_size import cut_at_a_blank, cut_to_fit, measure_written, share_room
from webapp.i18n import MESSAGES, list_preferred
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

MOST_HANDED_BACK: Final = WRITTEN_LIMIT + 400
"""Bytes of a text that come back with the sentence that it is too long."""
MOST_CARRIED: Final = 400
"""Characters of what a form carries beside its answers; ours have fewer."""
MOST_LISTED: Final = 12
"""Languages among which the answer to "in which language?" is chosen at once; the others are one
press away."""

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

    `more`: the options that are one press away. `groups`: the options to tick, under the heading of
    their group.
    """

    id: str
    shape: str
    label: str
    hint: str
    value: str
    mistake: str
    options: tuple[Option, ...] = ()
    more: tuple[Option, ...] = ()
    groups: tuple[OptionGroup, ...] = ()

    @property
    def chosen(self) -> list[str]:
        """The codes that are ticked."""
        return split_codes(self.value)


@dataclass(frozen=True)
class ReviewAnswer:
    """One answer on the review; `typed`: in the person's own words, `cut`: not all of them."""

    label: str
    text: str
    typed: bool = False
    cut: bool = False


@dataclass(frozen=True)
class ReviewRow:
    """One step on the review: its code, its question and the answers.

    An answer is a label and the text.
    """

    code: str
    question: str
    answers: tuple[ReviewAnswer, ...]


def parse_form(form: Mapping[str, str]) -> StepForm:
    """Returns the submitted form: token, step, button pressed and the step's fields."""
    step = find_step(form.get("s", ""))
    raw = read_raw_answers(step, form)
    return StepForm(
        token=form.get("t", "")[:MOST_CARRIED],
        step=step,
        button=form.get("b", "next")[:MOST_CARRIED],
        raw={name: _shorten(name, value) for name, value in raw.items()},
        kind=form.get(get_field_name("kind"), "")[:MOST_CARRIED],
        trapped=bool(form.get(TRAP_FIELD)),
        work=form.get(WORK_FIELD, "")[:MOST_CARRIED],
        code=form.get(CODE_FIELD, "")[:MOST_CARRIED],
        repeated=AGAIN_FIELD in form,
        helpers=form.get(HELPERS_FIELD, ""),
    )


def _shorten(name: str, value: str) -> str:
    """What of an answer can be handed back: all that may be sent, and the beginning of the rest."""
    field = FIELDS[name]
    if not isinstance(field, TextField):
        return value
    # A letter takes five bytes at most: what is cut here is too long in any case.
    room = min(field.limit * 6, MOST_HANDED_BACK)
    return cut_to_fit(value.replace("\r\n", "\n"), room)


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


def shorten_rows(rows: Sequence[ReviewRow], room: int) -> list[ReviewRow]:
    """Returns the rows with typed words that take at most `room` bytes together; the beginning of
    what is longer than its share."""
    typed = [answer.text for row in rows for answer in row.answers if answer.typed]
    share = share_room([measure_written(text) for text in typed], room)
    return [
        replace(row, answers=tuple(_shorten_answer(answer, share) for answer in row.answers))
        for row in rows
    ]


def _shorten_answer(answer: ReviewAnswer, share: int) -> ReviewAnswer:
    kept = cut_at_a_blank(answer.text, share) if answer.typed else answer.text
    return replace(answer, text=kept, cut=kept != answer.text)


def _render(field: FormField, flow: FormFlow, fault: FieldError | None) -> RenderedField:
    ticks = isinstance(field, MultiChoiceField)
    options = () if ticks else tuple(_list_offered(field, flow).items())
    listed = MOST_LISTED if isinstance(field, LanguageField) else len(options)
    return RenderedField(
        id=get_field_name(field.name),
        shape=_choose_shape(field),
        label=find_question(field.name, flow),
        hint=find_hint(field.name, flow.door),
        value=fault.value if fault else flow.answers.get(field.name, ""),
        mistake=describe_field_error(fault) if fault else "",
        options=options[:listed],
        more=options[listed:],
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
        labels |= {row.tag: row.name for row in list_preferred()}
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


def _describe_answer(field: FormField, flow: FormFlow) -> ReviewAnswer:
    value = flow.answers[field.name]
    label = find_question(field.name, flow)
    if isinstance(field, TextField):
        return ReviewAnswer(label, value, typed=True)
    labels = _label_answers(field, flow.door)
    codes = split_codes(value) if isinstance(field, MultiChoiceField) else [value]
    return ReviewAnswer(label, "\n".join(labels.get(code, code) for code in codes))
