"""The questions of a report and their hints, in the tone of each door.

The first sentence of a field is for everybody; a door with a tone of its own has a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import MESSAGES

_ = MESSAGES.lazy_gettext
TextByDoor = Mapping[str, LazyString]

QUESTIONS: Final[Mapping[str, TextByDoor]] = {
    "kind": {"": _("Who is it about?")},
    "country": {"": _("Where does it happen?"), "self": _("Where does it happen to you?")},
    "place": {"": _("Which place?")},
    "region": {"": _("Which part of Belgium?")},
    "danger": {"": _("Is someone in danger now?"), "self": _("Are you in danger now?")},
    "form": {
        "": _("What does the person have to do?"),
        "self": _("What do you have to do?"),
        "professional": _("Which form of exploitation do you think it is?"),
    },
    "sector": {"": _("What kind of work is it?")},
    "story": {
        "": _("What happened?"),
        "self": _("What happens to you?"),
        "professional": _("What do you know?"),
    },
    "people": {"": _("How many people is it about?")},
    "age": {"": _("How old is the person?"), "self": _("How old are you?")},
    "alone": {
        "": _("Is the person here without family?"),
        "self": _("Are you here without your family?"),
        "professional": _("Is the person here without a parent or guardian?"),
    },
    "languages": {"": _("Which languages does the person speak?")},
    "signs": {
        "": _("What did you notice?"),
        "self": _("Is some of this true for you?"),
        "professional": _("Which signs do you see?"),
    },
    "since": {"": _("When did it begin?")},
    "ongoing": {"": _("Does it still happen?")},
    "next": {"": _("When could it happen again?")},
    "controller": {"": _("Who controls them?"), "self": _("Who does this to you?")},
    "names": {"": _("Which names did you hear?")},
    "vehicles": {"": _("Which cars or vans do they use?")},
    "plates": {"": _("Which number plates?")},
    "phones": {"": _("Which phone numbers do they use?")},
    "adverts": {"": _("Which adverts or profiles are there?")},
    "present": {"": _("Where is the person now?"), "self": _("Where are you now?")},
    "reception": {
        "": _("Does the person live in a centre for asylum seekers?"),
        "self": _("Do you live in a centre for asylum seekers?"),
    },
    "online": {"": _("Does it happen on the internet too? Where?")},
    "help": {"": _("Does the person want help?"), "self": _("Do you want help?")},
    "police": {
        "": _("Does the person agree that the police know?"),
        "self": _("May the police know about this?"),
    },
    "anonymous": {"": _("Do you want to stay unknown to the police?")},
    "reply": {"": _("May we write back to you?")},
    "abroad": {"": _("May we pass this on to another country?")},
    "reply_language": {"": _("In which language shall we answer?")},
}
HINTS: Final[Mapping[str, TextByDoor]] = {
    "kind": {"": _("We do not ask your name.")},
    "country": {"": _("Or where it happened, if it is over.")},
    "place": {
        "": _("A town, a street or a company. You can leave this empty."),
        "self": _("Only if you want to tell it. You can leave this empty."),
    },
    "danger": {
        "": _("For example: someone may be hurt or taken away, today or soon."),
        "self": _("For example: someone may hurt you or take you away, today or soon."),
    },
    "form": {"": _("Choose what fits best.")},
    "story": {
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
    "age": {
        "": _("Your best guess is enough. More people? Then think of the youngest."),
        "self": _("Young people get other help."),
    },
    "alone": {"": _("This matters most for young people.")},
    "signs": {
        "": _("Tick all that fit. One sign is no proof."),
        "self": _("Tick all that fit. It is not your fault."),
    },
    "next": {"": _("For example: every Friday night.")},
    "controller": {"": _("What do they look like? What do they do?")},
    "names": {"": _("Of people or of companies.")},
    "vehicles": {"": _("Kind, colour, what is written on it.")},
    "adverts": {"": _("Copy the web address, or write what it says.")},
    "online": {"": _("A website, an app or the name of a profile.")},
    "police": {
        "self": _("You decide. Without your yes we look for helpers, not for the police."),
    },
    "anonymous": {"": _("We do not know who you are. This tells us which help fits.")},
    "reply": {"": _("You read it here, with your code. Nothing comes to your phone.")},
    "abroad": {"": _("Only if the help or the crime is there.")},
}


def find_question(field: str, door: str) -> str:
    """What `door` is asked about `field`."""
    return _in_tone(QUESTIONS[field], door)


def find_hint(field: str, door: str) -> str:
    """What is said below the question; empty where nothing is."""
    return _in_tone(HINTS.get(field, {}), door)


def _in_tone(tones: TextByDoor, door: str) -> str:
    return str(tones.get(door) or tones.get("") or "")
