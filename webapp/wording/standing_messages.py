"""The desk's standing messages: stored as a code, shown in the language of the reader.

The first answer is there as soon as a report is. It promises no time unless the deployer does.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import LazyString

from reports.mailbox import FIRST_ANSWER
from webapp.i18n import MESSAGES
from webapp.site.app_services import get_services
from webapp.wording import canned_replies

_ = MESSAGES.lazy_gettext


def list_sentences(code: str) -> list[LazyString]:
    """Returns the sentences of a standing message; none for an unknown code."""
    if code != FIRST_ANSWER:
        return list(canned_replies.STANDING.get(code, ()))
    return [
        _("Thank you. It takes courage to tell this."),
        format_reading_time(),
        _("Do not speak to the people who do this. It can make things worse."),
        _("Is someone in danger now? Call the emergency number. A call is faster than we are."),
        _("Come back with your code in a few days. When we answer, you read it here."),
        _("You can also write more to us here."),
    ]


def format_reading_time() -> LazyString:
    """Returns that a person will read the report and, if the deployer says so, within which
    time."""
    days = get_services().config.read_within_days
    if days is None:
        return _("A person will read your report. We cannot say when.")
    return MESSAGES.lazy_ngettext(
        "A person will read your report. We try to do it within %(num)s day.",
        "A person will read your report. We try to do it within %(num)s days.",
        days,
    )


def init_app(app: Flask) -> None:
    """Makes these words available to templates of both faces."""
    app.jinja_env.globals |= {
        "standing": list_sentences,
        "read_when": format_reading_time,
        "asking": canned_replies,
    }
