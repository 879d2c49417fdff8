"""The web side's one clock, so that a test can stop it.

Small on purpose: nearly every module asks the time, and needs nothing else for it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from webapp.site.app_services import get_services


def now() -> datetime:
    """This moment, in UTC; or what the application's own clock says."""
    return get_services().clock()


def read_machine_clock() -> datetime:
    """This moment, in UTC, as the machine has it."""
    return datetime.now(UTC)
