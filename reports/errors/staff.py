"""Failures of signing in, of membership and rights, and of what staff say of themselves."""

from __future__ import annotations

from reports.errors.base import WaysideError


class SignInRefused(WaysideError):
    """Name, password and second factor do not belong together. Never says which."""


class PasskeyRefused(SignInRefused):
    """What came in place of the password is no fresh answer of a passkey of this person."""


class SessionEnded(WaysideError):
    """The staff session is unknown, idle too long, too old, or was ended."""


class InvitationInvalid(WaysideError):
    """A set-up link is unknown, used, or past its time."""


class PasswordRefused(WaysideError):
    """A chosen password breaks a rule; `reason` is "short", "long" or "common"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SecondFactorRefused(WaysideError):
    """The one-time code is wrong or was used before."""


class NotAllowed(WaysideError):
    """The role or the desk of this staff member does not reach what was asked."""


class SecondAdministratorNeeded(WaysideError):
    """Who asked for a new administrator cannot confirm it alone before the waiting time is over."""


class DeskLeftAlone(WaysideError):
    """Nobody would be left at a desk who can give its key to others."""


class NameTaken(WaysideError):
    """A staff member of this name exists."""


class NoticeAddressRefused(WaysideError):
    """What was typed is not an address that notices can go to."""
