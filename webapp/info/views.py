"""The pages that are the same for everybody: chooser, doors, what to do, safety, chapters."""

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from webapp.countries import add_trial, countries, country_at, letters
from webapp.i18n import language
from webapp.info.chapters import is_written, links_of, links_of_all, render_chapter
from webapp.info.proof import unwritten
from webapp.info.shelf import find
from webapp.pages import kept_page, shared_page
from webapp.places import places
from webapp.urls import HOME, public_path

blueprint = Blueprint("info", __name__)
blueprint.record_once(lambda state: add_trial(state.app, unwritten))


@blueprint.get("/")
def choose() -> Response:
    """The languages, the browser's favourite first. Nobody is sent anywhere."""
    return shared_page(lambda: render_template("info/choose.html"))


@blueprint.get("/<language>/")
def start() -> BaseResponse:
    """A shortened address leads to the doors."""
    return redirect(public_path(language().tag, HOME), 303)


@blueprint.get("/<language>/1")
def home() -> Response:
    """The two doors."""
    return _page("home")


@blueprint.get("/<language>/2")
def need_help() -> Response:
    """For a person affected: danger first, then rights, contacts and the way to tell us."""
    return _page("help")


@blueprint.get("/<language>/3")
def saw_something() -> Response:
    """For a witness: what to do, what never to do, and the way to tell us."""
    return _page("saw")


@blueprint.get("/<language>/<code>")
def chapter(code: str) -> Response:
    """A chapter; 404 where there is none at this code."""
    found = find(code)
    if found is None:
        abort(404)
    chapter, letter = found
    country = country_at(letter) if letter else None
    if not is_written(chapter, country):
        abort(404)
    key = (language().tag, chapter.name, code)
    return kept_page(key, lambda: render_chapter(chapter, letter, country))


def _page(name: str) -> Response:
    return kept_page(
        (language().tag, name),
        lambda: render_template(
            f"info/{name}.html",
            places=places(),
            chapters={
                letter: links_of(letter, countries()[code]) for letter, code in letters().items()
            },
            of_all={link.name: link for link in links_of_all()},
        ),
    )
