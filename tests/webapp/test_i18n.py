"""Languages: which are known and offered, how one is chosen, and plurals that are not English."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.support import NullTranslations
from flask import Flask, render_template_string
from flask_babel import Domain
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from tests.support.web import put_services
from webapp import i18n
from webapp.catalogues import load_catalogue
from webapp.i18n import Languages, load_languages, measure_coverage
from webapp.site.app_services import get_services
from webapp.site.template_context import bind_catalogue


def _compiled(folder: Path, locale: str, domain: str, texts: dict[object, object]) -> None:
    catalogue = Catalog(locale=locale, domain=domain)
    for text, translation in texts.items():
        catalogue.add(text, translation)  # type: ignore[arg-type]  # Babel takes both shapes
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    target = folder / locale / "LC_MESSAGES" / f"{domain}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(buffer.getvalue())


def test_every_language_names_itself_and_its_direction() -> None:
    rows = load_languages()
    assert {"en", "nl", "fr", "de", "ar"} <= set(rows)
    assert rows["ar"].direction == "rtl"
    assert {row.direction for row in rows.values()} <= {"ltr", "rtl"}
    assert [tag for tag, row in rows.items() if row.reviewed] == ["en"]


def test_english_is_offered_even_where_the_settings_forget_it(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(WAYSIDE_LANGUAGES="xx")
    assert [row.tag for row in get_services(app).languages.offered] == ["en"]


def test_a_language_without_a_usable_catalogue_is_not_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shares = {"nl": 0.99, "fr": 1.0, "en": 1.0}
    monkeypatch.setattr(i18n, "measure_coverage", lambda row, texts, domain: shares[row.tag])
    chosen = i18n.choose_offered(["nl", "fr", "en"])
    assert [row.tag for row in chosen.offered] == ["fr", "en"]
    assert [row.tag for row in chosen.withheld] == ["nl"]


@pytest.mark.parametrize("domain", ["messages", "countries"])
def test_a_spine_with_a_gap_is_no_language(monkeypatch: pytest.MonkeyPatch, domain: str) -> None:
    given = i18n.measure_coverage
    monkeypatch.setattr(
        i18n,
        "measure_coverage",
        lambda row, texts, name: 0.999 if name == domain else given(row, texts, name),
    )
    assert i18n.choose_offered(["ar"]).withheld[0].tag == "ar"


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ([("ar", 1)], "ar"),
        ([("nl-BE", 1), ("fr", 0.5)], "nl"),
        ([("xx", 1), ("fr", 0.5)], "fr"),
        ([("xx", 1)], "en"),
        ([], "en"),
    ],
)
def test_the_browsers_wish_chooses_among_the_offered(
    header: list[tuple[str, float]], tag: str
) -> None:
    rows = load_languages()
    offered = Languages(tuple(rows[name] for name in ("en", "nl", "fr", "ar")))
    assert offered.negotiate(LanguageAccept(header)).tag == tag


def test_the_share_counts_messages_and_plurals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"one": "een", ("%(n)s day", "%(n)s days"): ("%(n)s dag", "%(n)s dagen"), "two": ""}
    _compiled(tmp_path, "nl", "messages", dict(texts))
    translations = load_catalogue("nl", "messages", tmp_path)
    monkeypatch.setattr(i18n, "load_catalogue", lambda locale, domain: translations)
    nl = load_languages()["nl"]
    assert measure_coverage(nl, ["one", "%(n)s day", "two", "three"], "messages") == 0.5
    assert measure_coverage(load_languages()["en"], ["anything"], "messages") == 1.0


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (11, "many"), (100, "other")],
)
def test_arabic_has_six_plural_forms_though_another_catalogue_is_missing(
    app: Flask, tmp_path: Path, number: int, form: str
) -> None:
    forms = ("zero", "one", "two", "few", "other", "many")  # the order of the .po header
    _compiled(tmp_path, "ar", "chapters", {("%(n)s day", "%(n)s days"): forms})
    put_services(app, languages=Languages((load_languages()["en"], load_languages()["ar"])))
    ngettext = bind_catalogue(Domain([str(tmp_path)], "chapters"))["ngettext"]
    with app.test_request_context("/ar/b1"):
        assert ngettext(None, "%(n)s day", "%(n)s days", number, n=number) == form


EVIL = '<script src="//evil.example"></script> %(name)s'
SHOWN = "&lt;script src=&#34;//evil.example&#34;&gt;&lt;/script&gt;"
PAGES = {
    "a text": "{{ _('Call %(name)s.', name=name) }}",
    "a block": "{% trans name=name %}Call {{ name }}.{% endtrans %}",
    "plural forms": "{{ ngettext('%(name)s', 'Call %(name)s.', 2, name=name) }}",
    "a macro": "{% macro call() %}{{ _('Call %(name)s.', name=name) }}{% endmacro %}{{ call() }}",
}


def test_words_and_values_are_escaped_and_a_value_may_be_markup_of_ours(app: Flask) -> None:
    gettext = bind_catalogue(i18n.CHAPTERS)["gettext"]
    with app.test_request_context("/en/b1"):
        assert gettext(None, "<b>%(name)s</b>", name="<i>") == "&lt;b&gt;&lt;i&gt;&lt;/b&gt;"
        assert gettext(None, "%(name)s", name=Markup("<i>")) == "<i>"


@pytest.mark.parametrize("path", ["/nl/1", "/desk/"])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_translation_brings_no_markup_into_a_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, page: str, path: str
) -> None:
    class Evil(NullTranslations):
        def gettext(self, message: str) -> str:
            return EVIL

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return EVIL

        ugettext, ungettext = gettext, ngettext

    monkeypatch.setattr(i18n.Catalogue, "get_translations", lambda _self: Evil())
    with app.test_request_context(path):
        shown = render_template_string(page, name=Markup("<b>Bela</b>"))
    assert shown == f"{SHOWN} <b>Bela</b>"


def test_nothing_else_in_a_template_takes_a_translation_for_markup(app: Flask) -> None:
    words = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
    found = {name: app.jinja_env.globals[name] for name in words & set(app.jinja_env.globals)}
    assert {function.__module__ for function in found.values()} == {bind_catalogue.__module__}
    assert set(found) == {"_", "gettext", "ngettext"}
