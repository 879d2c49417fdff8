"""What every template may use: the language, neutral addresses and titles, and the right words.

Public templates speak through the `messages` catalogue, desk templates through `desk`.
"""

from typing import Any

from flask import Flask, request
from flask_babel import Domain
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from webapp.i18n import DESK, MESSAGES, get_language, get_languages, list_preferred
from webapp.site import page_codes
from webapp.site.app_services import get_services
from webapp.site.page_codes import build_public_path
from webapp.site.security_headers import is_desk


def build_page_path(code: str, tag: str | None = None) -> str:
    """The address of a public page in the language of this request, or in another."""
    return build_public_path(tag or get_language().tag, code)


def build_page_title() -> str:
    """The neutral title: the instance's word, and the code that stands in the address."""
    return f"{get_services().config.title} {page_codes.find_page_code(request.path)}".strip()


def bind_catalogue(domain: Domain) -> dict[str, Any]:
    """`gettext`, `ngettext` and `_` of a catalogue, for a template's context.

    Texts and values are escaped: a translation comes from outside, and may hold no markup. Where a
    sentence needs some, a value brings it, as `Markup`.
    """

    @pass_context
    def gettext(_context: Context, text: str, **values: object) -> Markup:
        return escape(domain.get_translations().ugettext(text)) % values

    @pass_context
    def ngettext(_context: Context, one: str, many: str, num: int, **values: object) -> Markup:
        told = domain.get_translations().ungettext(one, many, num)
        return escape(told) % ({"num": num} | values)

    return {"gettext": gettext, "ngettext": ngettext, "_": gettext}


def provide_context() -> dict[str, Any]:
    """The template context of this request."""
    shared: dict[str, Any] = {
        "language": get_language(),
        "languages": get_languages().offered,
        "page_title": build_page_title(),
    }
    return shared | bind_catalogue(DESK if is_desk() else MESSAGES)


def init_app(app: Flask) -> None:
    """Give every template its context.

    What Jinja and Flask-Babel bring for words takes a translation for markup, so it is replaced,
    for macros that see no context as well. Words that say where they stand have no use here.
    """
    app.context_processor(provide_context)
    for name in ("pgettext", "npgettext"):
        app.jinja_env.globals.pop(name, None)
    app.jinja_env.globals |= bind_catalogue(MESSAGES)
    app.jinja_env.globals |= {
        "page_path": build_page_path,
        "codes": page_codes,
        "list_preferred": list_preferred,
    }
    app.jinja_env.policies["ext.i18n.trimmed"] = True
