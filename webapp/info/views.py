"""The pages that are the same for everybody: chooser, doors, advice, chapters."""

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from reports.routing.country import Country
from webapp.i18n import get_language
from webapp.info.chapter_check import find_unwritten_chapters
from webapp.info.chapter_list import Chapter, find_chapter
from webapp.info.chapters import (
    find_rights_link,
    is_written,
    list_links,
    list_shared_links,
    render_chapter,
)
from webapp.site.country_edition import add_check, get_countries, get_country_or_404, get_letters
from webapp.site.padded_response import render_cached_page, render_shared_page
from webapp.site.page_codes import HOME, build_public_path
from webapp.site.served_countries import list_countries

blueprint = Blueprint("info", __name__)
blueprint.record_once(lambda state: add_check(state.app, find_unwritten_chapters))


blueprint.app_template_global()(find_rights_link)


@blueprint.get("/")
def choose_language() -> Response:
    """Shows the languages, the browser's favourite first. Never redirects."""
    return render_shared_page(lambda: render_template("info/choose.html"))


@blueprint.get("/<language>/")
def redirect_home() -> BaseResponse:
    """Redirects a shortened address to the doors."""
    return redirect(build_public_path(get_language().tag, HOME), 303)


@blueprint.get("/<language>/1")
def show_home() -> Response:
    """Shows the two doors."""
    return _page("home")


@blueprint.get("/<language>/2")
def show_help() -> Response:
    """Shows advice for a person affected: danger first, then rights, contacts and how to report."""
    return _page("help")


@blueprint.get("/<language>/3")
def show_witness_advice() -> Response:
    """Shows advice for a witness: what to do, what never to do, and how to report."""
    return _page("saw")


@blueprint.get("/<language>/<code>")
def show_chapter(code: str) -> Response:
    """Shows a chapter; 404 if there is none at this code."""
    found = find_chapter(code)
    if found is None:
        abort(404)
    chapter, letter = found
    country = get_country_or_404(letter) if letter else None
    key = (get_language().tag, chapter.name, code)
    return render_cached_page(key, lambda: _write_chapter(chapter, letter, country))


def _write_chapter(chapter: Chapter, letter: str, country: Country | None) -> str:
    """Returns the page of a chapter; 404 if it is not written for this country.

    Asked only when the page is made: whether there is a template is no question for each request.
    """
    if not is_written(chapter, country):
        abort(404)
    return render_chapter(chapter, letter, country)


def _page(name: str) -> Response:
    return render_cached_page(
        (get_language().tag, name),
        lambda: render_template(
            f"info/{name}.html",
            places=list_countries(),
            chapters={
                letter: list_links(letter, get_countries()[code])
                for letter, code in get_letters().items()
            },
            of_all={link.name: link for link in list_shared_links()},
        ),
    )
