"""The web side's one clock, so that a test can stop it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app


def now() -> datetime:
    """This moment, in UTC; or what the application's own clock says."""
    clock: Callable[[], datetime] = current_app.extensions["clock"]
    return clock()


def init_app(app: Flask) -> None:
    """Let the application go by the machine's clock."""
    app.extensions["clock"] = lambda: datetime.now(UTC)
