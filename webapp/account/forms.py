"""The form input of the account pages, and the field that each failure belongs to."""

from __future__ import annotations

from collections.abc import Mapping
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
from webapp.desk.desk_errors import describe_error
from webapp.i18n import DESK

_ = DESK.lazy_gettext

LONGEST: Final = 400
"""The most characters of any field here; no name, password or code has more."""


@dataclass
class AccountForm:
    """The typed values and the errors, by field; passwords are never shown again."""

    values: dict[str, str]
    mistakes: dict[str, LazyString | str] = field(default_factory=dict)

    @classmethod
    def read(cls, *names: str) -> AccountForm:
        """Returns the named fields of this request, shortened and without control characters.

        A database may refuse control characters, and no name or code has any.
        """
        raw = {name: request.form.get(name, "")[:LONGEST] for name in names}
        return cls({name: "".join(filter(str.isprintable, raw[name])) for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def check_name(self, name: str = "name") -> None:
        """Notes an error if the name is missing or too long."""
        typed = " ".join(self.values[name].split())
        if not typed:
            self.mistakes[name] = _("Write a name.")
        elif len(typed) > NAME_LIMIT:
            self.mistakes[name] = _("Use a shorter name, of at most 80 letters.")

    def check_same(self) -> None:
        """Notes an error if the password was repeated differently."""
        if self.values["password"] != self.values["again"]:
            self.mistakes["again"] = _("These two passwords are not the same.")

    def add_error(self, problem: WaysideError) -> None:
        """Notes the error under its field; raises `problem` again if no field fits."""
        for kind, name in _FIELDS.items():
            if isinstance(problem, kind):
                self.mistakes[name] = describe_error(problem)
                return
        raise problem


_FIELDS: Final[Mapping[type[WaysideError], str]] = {
    PasswordRefused: "password",
    NameTaken: "name",
    SecondFactorRefused: "code",
}
