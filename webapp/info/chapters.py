"""The chapters: words from the `chapters` catalogue, facts from the country files, nothing else.

A chapter is a pure function of (language, country). It speaks a language only when every paragraph
of it is translated; otherwise the whole chapter is in English, and says so in its markup.
"""

from datetime import date

from flask import abort, current_app, render_template
from flask_babel import force_locale, format_date
from jinja2.ext import extract_from_ast
from markupsafe import Markup

from reports.routing.country import Country
from reports.routing.entries import Fact, Review
from webapp.context import words_of
from webapp.countries import countries, country_name
from webapp.i18n import CHAPTERS, COUNTRIES, Language, catalogue, is_translated, language, languages
from webapp.sources import by_date


class Quoted:
    """The facts of one country as a chapter quotes them; remembers the sources of those used."""

    def __init__(self, country: Country) -> None:
        self._facts = {**countries().common.facts, **country.facts}
        self.reviews: list[Review] = []

    def count(self, key: str, unit: str) -> int:
        """A duration as a number; a fact that now counts in another unit is refused."""
        fact = self._use(key)
        if fact.unit != unit:
            raise ValueError(f"{key} counts {fact.unit}, and the chapter says {unit}")
        return fact.number

    def says(self, key: str) -> bool:
        """Whether a yes-or-no fact is true."""
        value = self._use(key).value
        if not isinstance(value, bool):
            raise TypeError(f"{key} is no yes or no")
        return value

    def has(self, key: str, item: str) -> bool:
        """Whether a fact that lists things names this one."""
        return item in str(self._use(key).text).split(", ")

    def name(self, key: str) -> str:
        """A name, a number or a date as it is put into a sentence."""
        fact = self._use(key)
        if isinstance(fact.value, date):
            return str(format_date(fact.value, "long"))
        if isinstance(fact.value, str):
            return str(COUNTRIES.gettext(fact.value))
        return fact.text

    def phone(self, key: str) -> Markup:
        """A phone number; it stays left to right in every script, and on one line."""
        number = self.name(key).replace(" ", "\N{NO-BREAK SPACE}")
        return Markup('<bdi dir="ltr">{}</bdi>').format(number)

    def __call__(self, key: str) -> str:
        return self.name(key)

    def _use(self, key: str) -> Fact:
        fact = self._facts[key]
        self.reviews.append(fact.review)
        return fact


def render_chapter(country: Country, letter: str) -> str:
    """The whole page of a country's chapter, in the language of the request; 404 if none."""
    template = template_of(country)
    if template not in current_app.jinja_env.list_templates():
        abort(404)
    spoken = spoken_language(template)
    facts = Quoted(country)
    with force_locale(spoken.locale):
        chapter = current_app.jinja_env.get_template(template)
        body = Markup(chapter.render(fact=facts, **words_of(CHAPTERS)))
        origins = list(by_date(facts.reviews))
    return render_template(
        "info/chapter.html",
        name=country_name(country),
        letter=letter,
        spoken=spoken,
        body=body,
        origins=origins,
    )


def template_of(country: Country) -> str:
    """The name of the template that holds a country's paragraphs."""
    return f"info/chapters/{country.code.lower()}.html"


def spoken_language(template: str) -> Language:
    """The reader's language if all paragraphs are translated, otherwise English."""
    wanted = language()
    translations = catalogue(wanted.locale, CHAPTERS.domain[0])
    whole = all(is_translated(text, translations) for text in paragraphs(template))
    return wanted if whole else languages().fallback


def paragraphs(template: str) -> tuple[str, ...]:
    """Every English text of a chapter; for one with plural forms, the singular."""
    environment = current_app.jinja_env
    if environment.loader is None:
        return ()
    source, _name, _fresh = environment.loader.get_source(environment, template)
    found = (message for _line, _function, message in extract_from_ast(environment.parse(source)))
    return tuple(str(text[0] if isinstance(text, tuple) else text) for text in found if text)
