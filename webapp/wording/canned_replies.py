"""The words of the desk's standing messages and quick questions (`reports.quick_replies`).

The reporter reads them in the language of the page, staff in their own. They promise nothing and
name nothing, so that somebody who reads along learns little.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import MESSAGES
from webapp.wording.place_labels import make_country_labels

_ = MESSAGES.lazy_gettext

STANDING: Final[Mapping[str, tuple[LazyString, ...]]] = {
    "reading": (
        _("Thank you. A person has read what you wrote."),
        _("We are looking at it. It can take some time."),
        _("You can write more here at any time."),
    ),
    "tell_more": (
        _("Thank you. We have read what you wrote."),
        _("We need to know more before we can do something."),
        _("Where is it? When does it happen? How many people are there?"),
        _("Only write what you already know. Do not go and look."),
    ),
    "stay_safe": (
        _("Your safety comes first."),
        _("Read this only when you are alone. Close the page afterwards."),
        _("Do not ask questions there. Do not take pictures. Do not follow anyone."),
        _("Is there danger? Call the emergency number."),
    ),
    "call_help": (
        _("There are people who can help now."),
        _("Some of them do not tell the police. You can ask them first."),
        _("You find their numbers below, under “Who can help now?”."),
    ),
    "passed_on": (
        _("We have passed on what you told us to people who can act."),
        _("We may not tell you who they are or what they do."),
        _("It can take a long time. That does not mean that nothing happens."),
        _("You can still write to us here."),
    ),
    "cannot_act": (
        _("We have read everything. Thank you for telling it."),
        _("With what we know now, nobody can act."),
        _("Do you learn more? Write it here."),
    ),
    "not_ours": (
        _("We have read everything. Thank you for telling it."),
        _("This is not something that we can work on."),
        _("Other people can help with it. See the contacts below."),
    ),
    "closing": (
        _("We have finished our work on what you told us."),
        _("We will erase it after some time. You can erase it now."),
        _("Do you learn more later? You can send a new report."),
    ),
}
QUESTIONS: Final[Mapping[str, LazyString]] = {
    "danger": _("Is someone in danger now?"),
    "ongoing": _("Does it still happen?"),
    "country": _("In which country does it happen?"),
    "age": _("Is one of them under 18?"),
    "people": _("How many people is it about?"),
    "help": _("Does the person want help?"),
    "police": _("Does the person agree that the police know?"),
    "abroad": _("May we pass this on to another country?"),
    "more": _("Do you know more that you can write here?"),
    "safe": _("Is it safe for you to read our answers here?"),
}
_PLAIN: Final[Mapping[str, LazyString]] = {
    "yes": _("Yes"),
    "no": _("No"),
    "unknown": _("I don't know"),
}
_OWN: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "country": make_country_labels({"other": _("Another country")}),
    "age": {"minor": _("Yes"), "adult": _("No")},
    "people": {
        "one": _("1 person"),
        "few": _("2 to 5 people"),
        "many": _("6 to 20 people"),
        "crowd": _("More than 20 people"),
    },
    "police": {"accepted": _("Yes"), "refused": _("No")},
}


def find_answer(question: str, answer: str) -> LazyString | str:
    """Returns the words of an answer to a quick question, or the code if it is unknown."""
    words = _OWN.get(question, {}).get(answer) or _PLAIN.get(answer)
    return answer if words is None else words


def find_question(question: str) -> LazyString | str:
    """Returns the words of a quick question, or the code if it is unknown."""
    return QUESTIONS.get(question, question)
