"""The contact points of a country, for a person who looks for help."""

from flask import Blueprint

blueprint = Blueprint("contacts", __name__)
