"""The form for a new member of the roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from flask import request
from flask_babel import LazyString

from reports.act import Act
from reports.errors import (
    NameTaken,
    WaysideError,
)
from reports.model import Desk
from reports.model.staff import ROLES
from reports.roster import invitation
from reports.roster.invitation import NAME_LIMIT, Authority, NewMember
from reports.routing.country import Countries
from reports.routing.entries import Contact
from webapp.desk.desk_errors import describe_error
from webapp.i18n import DESK

_ = DESK.lazy_gettext


@dataclass
class InviteForm:
    """Name, role and place of a new member: desks, or a liaison's contact point."""

    name: str
    role: str
    desk_ids: tuple[UUID, ...]
    contact_id: str
    mistakes: dict[str, LazyString | str] = field(default_factory=dict)

    @classmethod
    def read(cls, desks: Sequence[Desk], countries: Countries) -> Self:
        """This request's form; only desks that the inviter holds can be chosen."""
        chosen = set(request.form.getlist("desk"))
        form = cls(
            " ".join(request.form.get("name", "").split()),
            request.form.get("role", ""),
            tuple(desk.id for desk in desks if desk.name in chosen),
            request.form.get("contact", ""),
        )
        if not form.name:
            form.mistakes["name"] = _("Write a name.")
        elif len(form.name) > NAME_LIMIT or not form.name.isprintable():
            form.mistakes["name"] = _("Use a shorter name, of at most 80 letters.")
            form.name = form.name[:NAME_LIMIT]
        if form.role not in ROLES:
            form.mistakes["role"] = _("Choose what this person may do.")
        if form.role == "liaison":
            form.desk_ids = ()
            if form.contact_id not in {entry.id for entry in list_sendable_contacts(countries)}:
                form.mistakes["contact"] = _("Choose the contact point that they work for.")
        elif not form.desk_ids:
            form.mistakes["desk"] = _("Choose at least one desk.")
        return form

    def invite(self, act: Act) -> str:
        """Make the member; their one-time token. Raises as `invitation.invite` does."""
        contact_id = self.contact_id if self.role == "liaison" else None
        member = NewMember(self.name, self.role, self.desk_ids, contact_id)
        authority = Authority.from_keyring(act.session, act.keyring)
        return invitation.invite(act.session, act.vault, member, act.now, authority)

    def add_error(self, problem: WaysideError) -> None:
        """Put the sentence for `problem` beside its field."""
        name = "name" if isinstance(problem, NameTaken) else "password"
        self.mistakes[name] = describe_error(problem, "roster")


def list_sendable_contacts(countries: Countries) -> list[Contact]:
    """The contact points that a report can go to, by name."""
    found = [each for each in countries.contacts.values() if each.category != "emergency"]
    return sorted(found, key=lambda each: each.name.casefold())
