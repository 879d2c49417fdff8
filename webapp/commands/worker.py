"""`worker`: deliver what is due and erase what has expired, until told to stop.

Small on purpose: one command.
"""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app
from flask_babel import force_locale

from reports import kernel
from reports.errors import NotFounded
from reports.notices import NoticeKind, NoticeWording
from reports.worker_process import run
from webapp.desk import labels
from webapp.i18n import get_known_languages
from webapp.site.app_services import get_services


@click.command("worker")
def worker() -> None:
    """Deliver and erase, until Ctrl-C or SIGTERM. Any number of workers may run."""
    config = get_services().config
    kernel.guard_memory()
    try:
        run(config.domain, make_notice_writer(current_app))
    except NotFounded as missing:
        raise click.ClickException(str(missing)) from missing


def make_notice_writer(proxy: Any) -> NoticeWording:
    """Words the notices to staff, each in its reader's language; from any thread."""
    app: Flask = proxy._get_current_object()

    def say(language: str, what: NoticeKind) -> str:
        with app.test_request_context(), force_locale(get_known_languages()[language].locale):
            return str(labels.NOTICE[what])

    return say
