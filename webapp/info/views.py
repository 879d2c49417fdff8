"""The pages that are the same for everybody."""

from flask import Blueprint, Response, render_template

from webapp.pages import shared_page

blueprint = Blueprint("info", __name__)


@blueprint.get("/")
def choose() -> Response:
    return shared_page(lambda: render_template("info/choose.html"))


@blueprint.get("/<language>/1")
def home() -> Response:
    return shared_page(lambda: render_template("info/home.html"))
