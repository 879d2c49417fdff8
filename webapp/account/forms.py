"""What people type on the account pages, and the sentence for each way it can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import request
from flask_babel import LazyString

from reports.errors import (
    NameTaken,
    PasswordRefused,
    SecondFactorRefused,
    WaysideError,
)
from reports.roster.invitation import NAME_LIMIT
from webapp.desk import labels
from webapp.i18n import DESK

_ = DESK.lazy_gettext

TOO_OFTEN: Final = _("Too many tries. Please wait one minute. Then try again.")
LONGEST: Final = 400
"""Characters of any field here; more is no name, password or code."""


@dataclass
class AccountForm:
    """The typed values and the mistakes, by field; passwords are never shown again."""

    values: dict[str, str]
    mistakes: dict[str, LazyString | str] = field(default_factory=dict)

    @classmethod
    def read(cls, *names: str) -> AccountForm:
        """The fields of this request, without what no field could hold.

        Control characters go: a database may refuse them, and no name or code has any.
        """
        raw = {name: request.form.get(name, "")[:LONGEST] for name in names}
        return cls({name: "".join(filter(str.isprintable, raw[name])) for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def check_name(self, name: str = "name") -> None:
        """A name must be there and be short."""
        typed = " ".join(self.values[name].split())
        if not typed:
            self.mistakes[name] = _("Write a name.")
        elif len(typed) > NAME_LIMIT:
            self.mistakes[name] = _("Use a shorter name, of at most 80 letters.")

    def check_same(self) -> None:
        """The password must have been typed twice alike."""
        if self.values["password"] != self.values["again"]:
            self.mistakes["again"] = _("These two passwords are not the same.")

    def add_error(self, problem: WaysideError) -> None:
        """Put the sentence for `problem` beside its field; raises it again where none fits."""
        for kind, (name, sentence) in _SENTENCES.items():
            if isinstance(problem, kind):
                self.mistakes[name] = sentence(problem)
                return
        raise problem


def _password(problem: WaysideError) -> str:
    reason = problem.reason if isinstance(problem, PasswordRefused) else "common"
    return labels.label_code(labels.PASSWORD, reason)


def _taken(_problem: WaysideError) -> LazyString:
    return _("Somebody has this name already. Choose another one.")


def _code(_problem: WaysideError) -> LazyString:
    return _("This code does not fit. Wait for the next one and type it.")


_SENTENCES: Final[
    Mapping[type[WaysideError], tuple[str, Callable[[WaysideError], LazyString | str]]]
] = {
    PasswordRefused: ("password", _password),
    NameTaken: ("name", _taken),
    SecondFactorRefused: ("code", _code),
}
