"""The words of every question of a report: for the form, its review, and the desk.

One entry for each question declared in `reports.intake.questions`, under the same name. The first
text of a question is for all doors; a door with other words has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import LazyString

from reports.intake.form_flow import FormFlow, find_region_country
from webapp.i18n import DESK, MESSAGES
from webapp.wording import report_answers
from webapp.wording.place_labels import ask_region
from webapp.wording.report_answers import AnswerLabels, FormLabels, TextByDoor

_ = MESSAGES.lazy_gettext
desk_text = DESK.lazy_gettext


@dataclass(frozen=True)
class QuestionWords:
    """The words of one question.

    `question`, `hint` and `answers` (code to words) are for the form and the review; staff read
    `desk` and `desk_answers`.
    """

    question: TextByDoor
    desk: LazyString
    hint: TextByDoor = field(default_factory=dict)
    answers: FormLabels = field(default_factory=dict)
    desk_answers: AnswerLabels = field(default_factory=dict)


WORDS: Final[dict[str, QuestionWords]] = {
    "kind": QuestionWords(
        {"": _("Who is it about?")},
        hint={"": _("We do not ask your name.")},
        answers=report_answers.KIND,
        desk=desk_text("Who reports"),
        desk_answers=report_answers.DESK_KIND,
    ),
    "country": QuestionWords(
        {"": _("Where does it happen?"), "self": _("Where does it happen to you?")},
        hint={"": _("Or where it happened, if it is over.")},
        answers=report_answers.COUNTRY,
        desk=desk_text("Country"),
        desk_answers=report_answers.DESK_COUNTRY,
    ),
    "place": QuestionWords(
        {"": _("Which place?")},
        hint={
            "": _("A town, a street or a company. You can leave this empty."),
            "self": _("Only if you want to tell it. You can leave this empty."),
        },
        desk=desk_text("Place"),
    ),
    "region": QuestionWords(
        {"": _("Which part of the country?")},
        answers=report_answers.REGION,
        desk=desk_text("Region"),
        desk_answers=report_answers.DESK_REGION,
    ),
    "danger": QuestionWords(
        {"": _("Is someone in danger now?"), "self": _("Are you in danger now?")},
        hint={
            "": _("For example: someone may be hurt or taken away, today or soon."),
            "self": _("For example: someone may hurt you or take you away, today or soon."),
        },
        answers=report_answers.YES_NO,
        desk=desk_text("Danger now"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "form": QuestionWords(
        {
            "": _("What does the person have to do?"),
            "self": _("What do you have to do?"),
            "professional": _("Which form of exploitation do you think it is?"),
        },
        hint={"": _("Choose what fits best.")},
        answers=report_answers.FORM,
        desk=desk_text("Form"),
        desk_answers=report_answers.DESK_FORM,
    ),
    "sector": QuestionWords(
        {"": _("What kind of work is it?")},
        answers=report_answers.SECTOR,
        desk=desk_text("Kind of work"),
        desk_answers=report_answers.DESK_SECTOR,
    ),
    "story": QuestionWords(
        {
            "": _("What happened?"),
            "self": _("What happens to you?"),
            "professional": _("What do you know?"),
        },
        hint={
            "": _(
                "Use your own words, in any language. What did you see or hear? Where and when? "
                "You do not have to give names."
            ),
            "self": _(
                "Use your own words, in any language. A few words are enough. "
                "You do not have to give names."
            ),
            "professional": _(
                "Keep apart what you saw and what others told you. "
                "Leave out the name of the person where you can."
            ),
        },
        desk=desk_text("Story"),
    ),
    "people": QuestionWords(
        {"": _("How many people is it about?")},
        answers=report_answers.PEOPLE,
        desk=desk_text("How many people"),
        desk_answers=report_answers.DESK_PEOPLE,
    ),
    "age": QuestionWords(
        {"": _("How old is the person?"), "self": _("How old are you?")},
        hint={
            "": _("Your best guess is enough. More people? Then think of the youngest."),
            "self": _("Young people get other help."),
        },
        answers=report_answers.AGE,
        desk=desk_text("Age of who is at risk"),
        desk_answers=report_answers.DESK_AGE,
    ),
    "alone": QuestionWords(
        {
            "": _("Is the person here without family?"),
            "self": _("Are you here without your family?"),
            "professional": _("Is the person here without a parent or guardian?"),
        },
        hint={"": _("This matters most for young people.")},
        answers=report_answers.YES_NO,
        desk=desk_text("Here without family"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "languages": QuestionWords(
        {"": _("Which languages does the person speak?")},
        desk=desk_text("Speaks"),
    ),
    "signs": QuestionWords(
        {
            "": _("What did you notice?"),
            "self": _("Is some of this true for you?"),
            "professional": _("Which signs do you see?"),
        },
        hint={
            "": _("Tick all that fit. One sign is no proof."),
            "self": _("Tick all that fit. It is not your fault."),
        },
        answers=report_answers.SIGN,
        desk=desk_text("Signs that the reporter ticked"),
        desk_answers=report_answers.DESK_SIGN,
    ),
    "since": QuestionWords(
        {"": _("When did it begin?")},
        answers=report_answers.SINCE,
        desk=desk_text("Since"),
        desk_answers=report_answers.DESK_SINCE,
    ),
    "ongoing": QuestionWords(
        {"": _("Does it still happen?")},
        answers=report_answers.YES_NO,
        desk=desk_text("Still going on"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "next": QuestionWords(
        {"": _("When could it happen again?")},
        hint={"": _("For example: every Friday night.")},
        desk=desk_text("Next time"),
    ),
    "controller": QuestionWords(
        {"": _("Who controls them?"), "self": _("Who does this to you?")},
        hint={"": _("What do they look like? What do they do?")},
        desk=desk_text("Who controls them"),
    ),
    "names": QuestionWords(
        {"": _("Which names did you hear?")},
        hint={"": _("Of people or of companies.")},
        desk=desk_text("Names"),
    ),
    "vehicles": QuestionWords(
        {"": _("Which cars or vans do they use?")},
        hint={"": _("Kind, colour, what is written on it.")},
        desk=desk_text("Vehicles"),
    ),
    "plates": QuestionWords(
        {"": _("Which number plates?")},
        desk=desk_text("Number plates"),
    ),
    "phones": QuestionWords(
        {"": _("Which phone numbers do they use?")},
        desk=desk_text("Phone numbers"),
    ),
    "adverts": QuestionWords(
        {"": _("Which adverts or profiles are there?")},
        hint={"": _("Copy the web address, or write what it says.")},
        desk=desk_text("Adverts and profiles"),
    ),
    "present": QuestionWords(
        {"": _("Where is the person now?"), "self": _("Where are you now?")},
        answers=report_answers.PRESENT,
        desk=desk_text("Where the person is now"),
        desk_answers=report_answers.DESK_PRESENT,
    ),
    "reception": QuestionWords(
        {
            "": _("Does the person live in a centre for asylum seekers?"),
            "self": _("Do you live in a centre for asylum seekers?"),
        },
        answers=report_answers.YES_NO,
        desk=desk_text("In a reception centre"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "online": QuestionWords(
        {"": _("Does it happen on the internet too? Where?")},
        hint={"": _("A website, an app or the name of a profile.")},
        desk=desk_text("On the internet"),
    ),
    "help": QuestionWords(
        {"": _("Does the person want help?"), "self": _("Do you want help?")},
        answers=report_answers.YES_NO,
        desk=desk_text("Wants help"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "police": QuestionWords(
        {
            "": _("Does the person agree that the police know?"),
            "self": _("May the police know about this?"),
        },
        hint={
            "self": _("You decide. Without your yes we look for helpers, not for the police."),
        },
        answers=report_answers.POLICE,
        desk=desk_text("Agrees that the police know"),
        desk_answers=report_answers.DESK_POLICE,
    ),
    "anonymous": QuestionWords(
        {"": _("Do you want to stay unknown to the police?")},
        hint={"": _("We do not know who you are. This tells us which help fits.")},
        answers=report_answers.YES_NO,
        desk=desk_text("Wants to stay unknown to the police"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "reply": QuestionWords(
        {"": _("May we write back to you?")},
        hint={"": _("You read it here, with your code. Nothing comes to your phone.")},
        answers=report_answers.YES_NO,
        desk=desk_text("We may write back"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "abroad": QuestionWords(
        {"": _("May we pass this on to another country?")},
        hint={"": _("Only if the help or the crime is there.")},
        answers=report_answers.YES_NO,
        desk=desk_text("May go to another country"),
        desk_answers=report_answers.DESK_YES_NO,
    ),
    "reply_language": QuestionWords(
        {"": _("In which language shall we answer?")},
        answers=report_answers.REPLY_LANGUAGE,
        desk=desk_text("Wants the answer in"),
    ),
}


def find_question(name: str, flow: FormFlow) -> str:
    """Returns the question as the form asks it; each country has its own question for regions."""
    own = ask_region(find_region_country(flow.answers)) if name == "region" else ""
    return own or _choose_tone(WORDS[name].question, flow.door)


def find_hint(name: str, door: str) -> str:
    """Returns the hint below the question, or ""."""
    return _choose_tone(WORDS[name].hint, door)


def find_labels(name: str, door: str) -> dict[str, str]:
    """Returns code to words, for `door`, of every answer to this question."""
    return {code: _choose_tone(text, door) for code, text in WORDS[name].answers.items()}


def label_question(name: str) -> LazyString | str:
    """Returns the desk's label of a question, or its name if there is none."""
    return WORDS[name].desk if name in WORDS else name


def list_desk_labels(name: str) -> AnswerLabels:
    """Returns code to words, for staff, of every answer to this question."""
    return WORDS[name].desk_answers if name in WORDS else {}


def _choose_tone(text: LazyString | TextByDoor, door: str) -> str:
    if isinstance(text, Mapping):
        return str(text.get(door) or text.get("") or "")
    return str(text)
