"""What whoever runs this instance reads in the log: that something failed, never what was in it.

A line holds the kind of the failure and the places in the code that led to it. The words of an
exception stay out: a database puts values of rows into them.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Final

from flask import Flask

from reports.errors import Busy, RosterBroken

_log: Final = logging.getLogger("wayside.web")
ExceptionInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


class WordlessFormatter(logging.Formatter):
    """Prints lines of ours as they are, and of any other only who says it, of what kind and where.

    A web server puts addresses into its lines and whole tracebacks below them, and a driver's
    traceback ends with the row at fault.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Returns one line without any word that is not ours."""
        said = record.getMessage() if record.name.startswith("wayside.") else _bare(record)
        return f"{record.levelname} {record.name}: {said}"


def _bare(record: logging.LogRecord) -> str:
    problem = record.exc_info[1] if record.exc_info else None
    if problem is None:
        return f"event=said at={record.funcName}:{record.lineno}"
    return f"event=fault kind={type(problem).__name__} at={_places(problem)}"


def log_failure(problem: BaseException) -> None:
    """One line for a failure that was answered with 503, or made good. A busy moment is none.

    A key without the organisation's signature is an alarm: somebody changed the database.
    """
    if isinstance(problem, RosterBroken):
        _log.critical("event=alarm kind=RosterBroken at=%s", _places(problem))
    elif not isinstance(problem, Busy):
        _log.error("event=trouble kind=%s at=%s", type(problem).__name__, _places(problem))


def log_unsigned(count: int) -> None:
    """One line for what stands in somebody's thread in the desk's name, and nobody has signed."""
    if count:
        _log.critical("event=alarm kind=UnsignedMessage count=%d", count)


def log_too_large(code: str) -> None:
    """One line for a page that does not fit into its size: the code in its address, and no more."""
    _log.error("event=page_too_large page=%s", code)


def log_no_network() -> None:
    """One line where a proxy hides every network, so that no limit looks at who asks."""
    _log.warning("event=limits_idle reason=proxy_tells_no_network")


def log_unready(part: str, kind: str) -> None:
    """One line when `/ready` begins to say no, or for another reason: the part, and the kind."""
    _log.error("event=unready part=%s kind=%s", part, kind)


def log_ready() -> None:
    """One line when `/ready` says yes again, so that the end of the trouble is on record too."""
    _log.warning("event=ready")


def _places(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return ",".join(f"{frame.name}:{frame.lineno}" for frame in frames) or "-"


def log_fault(problem: BaseException) -> None:
    """One line for a failure that nobody expected, answered with 500."""
    _log.error("event=fault kind=%s at=%s", type(problem).__name__, _places(problem))


def _say_fault(exc_info: ExceptionInfo) -> None:
    if exc_info[1] is not None:
        log_fault(exc_info[1])


def init_app(app: Flask) -> None:
    """Keep the words of exceptions out of the log, in place of Flask's own lines."""
    app.log_exception = _say_fault  # type: ignore[method-assign]  # Flask offers it to be replaced
