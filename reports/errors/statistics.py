"""Failures of the counts and of notices to staff."""

from __future__ import annotations

from reports.errors.base import WaysideError


class StatisticRefused(WaysideError):
    """A coded fact has a value that there is not; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PublicationRefused(WaysideError):
    """The counts of a year cannot be published; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoticeAddressRefused(WaysideError):
    """What was typed is not an address that notices can go to."""
