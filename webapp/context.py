"""What every template may use: the language, neutral addresses and titles, and the right words.

Public templates speak through the `messages` catalogue, desk templates through `desk`.
"""

from typing import Any

from flask import Flask, current_app, request
from flask_babel import Domain
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from webapp import urls
from webapp.config import Config
from webapp.i18n import DESK, language, languages
from webapp.security import is_desk
from webapp.urls import public_path


def page_path(code: str, tag: str | None = None) -> str:
    """The address of a public page in the language of this request, or in another."""
    return public_path(tag or language().tag, code)


def page_title() -> str:
    """The neutral title: the instance's word, and the code that stands in the address."""
    config: Config = current_app.extensions["config"]
    parts = request.path.strip("/").split("/")
    code = parts[1] if len(parts) == 2 and len(parts[1]) <= 3 and parts[1].isalnum() else ""
    return f"{config.title} {code}".strip()


def words_of(domain: Domain) -> dict[str, Any]:
    """`gettext`, `ngettext` and `_` of a catalogue, for a template's context.

    Values are escaped; the texts themselves are ours and trusted.
    """

    @pass_context
    def gettext(_context: Context, text: str, **values: object) -> Markup:
        told = domain.get_translations().ugettext(text)
        return Markup(told) % values if values or "%" in told else Markup(told)

    @pass_context
    def ngettext(_context: Context, one: str, many: str, num: int, **values: object) -> Markup:
        return Markup(domain.get_translations().ungettext(one, many, num)) % ({"num": num} | values)

    return {"gettext": gettext, "ngettext": ngettext, "_": gettext}


def provide() -> dict[str, Any]:
    """The template context of this request."""
    shared: dict[str, Any] = {
        "language": language(),
        "languages": languages().offered,
        "page_title": page_title(),
    }
    if is_desk():
        shared |= words_of(DESK)
    return shared


def init_app(app: Flask) -> None:
    """Give every template its context."""
    app.context_processor(provide)
    app.jinja_env.globals |= {"page_path": page_path, "codes": urls}
    app.jinja_env.policies["ext.i18n.trimmed"] = True
