"""A fourth country that nobody has thought of: its file, and what it needs of nothing else."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from reports.routing.country import DATA
from tests.support.web import SITE

CODE, LETTER = "QF", "q"
FOUR = ("BE", "NL", "LU", CODE)
NAME, SENTENCE_NAME = "Freedonia", "the Republic of Freedonia"
HELP_NUMBER = "09 310 1234"
HELPERS, NORTH_HOUSE, POLICE = "qf-helpers", "qf-north-house", "qf-police"
LINK = re.compile(r'<a[^>]* href="(/(?:en/|desk)[^"#?]*)')
"""A way to another page; that other languages have the same pages, other tests hold."""
REVIEW = 'reviewed_on = 2026-04-30\nchecked = "archived_pages"'
SOURCE = "https://freedonia.example/help"
WEEK = 'days = ["mon", "tue", "wed", "thu", "fri"], start = "09:00", end = "17:00"'


def _contact(
    contact_id: str,
    name: str,
    category: str,
    phone: str,
    *,
    public: bool = True,
    hours: str = '{ kind = "always" }',
    region: str = "national",
) -> str:
    return f"""
[[contacts]]
id = "{contact_id}"
public = {str(public).lower()}
name = "{name}"
english_name = "{name}"
category = "{category}"
role = "They help in Freedonia."
serves = "all"
regions = ["{region}"]
phones = [{{ {phone}, from_abroad = "works" }}]
hours = {hours}
police_told = {{ answer = "no", reason = "They ask you first." }}
source = "{SOURCE}"
{REVIEW}
"""


def _rules(section: str, block: str, *rules: tuple[str, str, str], take: str = "first") -> str:
    """One block; of each of its rules the id, the condition, and whom it adds."""
    told = f'\n[[{section}]]\nid = "{block}"\ntake = "{take}"\n'
    for rule_id, when, added in rules:
        told += f'[[{section}.rules]]\nid = "{rule_id}"\n'
        told += f"when = {{ {when} }}\n" if when else ""
        told += f'add = ["{added}"]\nwhy = "It is the nearest in Freedonia."\nsource = "{SOURCE}"\n'
    return told


TEXT = (
    f"""
code = "{CODE}"
name = "{NAME}"
sentence_name = "{SENTENCE_NAME}"
order = 4
ask = "{HELPERS}"
zone = "Europe/Helsinki"
clock = "Freedonian time"
phone_region = "FI"
plates = ["0A0A0A0"]
packet_language = "de"
region_question = "Which part of Freedonia?"

[holidays]
calendar = "FI"
closed = [2027-03-10]
open = [2027-12-06]

[[regions]]
id = "freedonia_north"
words = "North Freedonia"

[[regions]]
id = "freedonia_south"
words = "South Freedonia"
packet_language = "fr"

[[flags]]
id = "minor_police_duty"
words = "In Freedonia a child is a matter for the police."

[office_hours]
kind = "weekly"
spans = [{{ {WEEK} }}]

[facts.minors_police_duty]
value = true
source = "{SOURCE}"
{REVIEW}
confidence = "high"
strength = "right"
"""
    + _contact(
        "qf-999",
        "Freedonian emergency",
        "emergency",
        'short_code = "999", printed = "999"',
    )
    + _contact(
        HELPERS,
        "Helpers of Freedonia",
        "victim_support",
        f'e164 = "+35893101234", printed = "{HELP_NUMBER}"',
        hours=f'{{ kind = "weekly", spans = [{{ {WEEK} }}] }}',
    )
    + _contact(
        NORTH_HOUSE,
        "North House",
        "victim_support",
        'e164 = "+35893105678", printed = "09 310 5678"',
        region="freedonia_north",
    )
    + _contact(
        POLICE,
        "Police of Freedonia",
        "police",
        'e164 = "+35893109999", printed = "09 310 9999"',
        public=False,
    )
    + _rules("emergency", "danger", ("qf-danger", "danger = true", "qf-999"), take="all")
    + _rules(
        "help",
        "who",
        ("qf-help-north", 'region = "freedonia_north"', NORTH_HOUSE),
        ("qf-help", "", HELPERS),
    )
    + _rules(
        "refer",
        "who",
        ("qf-refer-withheld", "withheld = true", HELPERS),
        ("qf-refer-north", 'region = "freedonia_north"', POLICE),
        ("qf-refer", "", HELPERS),
    )
    + _rules("second_help", "who", ("qf-second-help", "", HELPERS))
    + _rules("second_refer", "who", ("qf-second-refer", "", HELPERS))
)


def copy_files(folder: Path) -> Path:
    """The country files of the product, to be changed."""
    return Path(shutil.copytree(DATA, folder / "countries"))


def add_country(folder: Path, old: str = "", new: str = "") -> None:
    """Put the fourth country's file beside the others, perhaps with something else in it."""
    assert old in TEXT
    (folder / f"{CODE.lower()}.toml").write_text(TEXT.replace(old, new) if old else TEXT, "utf-8")


def write_chapters(app: Flask, parts: dict[str, str]) -> None:
    """Give the fourth country chapters of its own."""
    own = {f"info/chapters/{name}/{CODE.lower()}.html": html for name, html in parts.items()}
    loader = app.jinja_env.loader
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader(own), loader])


def walk(app: Flask, *starts: str, cookie: str | None = None, most: int = 400) -> dict[str, str]:
    """Every page that links lead to from `starts`, by address; each answers.

    `cookie` is that of somebody signed in. How a page must look, other tests check.
    """
    client = FlaskClient(app, app.response_class)
    client.set_cookie("__Host-s", cookie or "", domain="site.test", secure=True)
    found: dict[str, str] = {}
    ahead = list(starts)
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        answer = client.get(path, base_url=SITE)
        assert answer.status_code in (200, 303), (path, answer.status_code)
        found[path] = html = answer.text if answer.status_code == 200 else ""
        assert len(found) < most
        ahead += LINK.findall(unescape(html))
    return found
