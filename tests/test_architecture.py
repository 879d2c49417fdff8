"""The rules of the house hold in every file, and each of them is able to fail."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.support import citations, house, markup, naming
from tests.support.house import CODE_RULES, TEXT_RULES, Rule, Source

ROOT = Path(__file__).resolve().parents[1]
CODE = house.read(ROOT, ("reports", "webapp", "tests"), (".py",))
PRODUCT = house.read(ROOT, ("reports", "webapp", "scripts"), (".py", ".html", ".css", ".js", ""))
TEMPLATES = house.read(ROOT, ("webapp/templates",), (".html",))
PAPERS = citations.papers(ROOT)
CITING = citations.texts(ROOT)
MODULES = citations.modules_of(CODE)
BLUEPRINTS = house.find_blueprints(CODE)
NAMES = (naming.functions_begin_with_a_verb, naming.modules_are_nouns)
MARKUP = (markup.markup_is_written_here,)


def source(path: str, text: str) -> Source:
    return Source(PurePosixPath(path), text)


def faults(rule: Rule, sources: list[Source]) -> list[str]:
    return [f"{each.path}: {fault}" for each in sources for fault in rule(each)]


def stand_alone(each: Source) -> list[str]:
    return list(house.blueprints_stand_alone(each, BLUEPRINTS | {"report", "info"}))


def hold(each: Source) -> list[str]:
    return list(citations.citations_hold(each, PAPERS))


def exist(each: Source) -> list[str]:
    return list(citations.named_things_exist(each, MODULES))


@pytest.mark.parametrize("rule", [*CODE_RULES, *NAMES, *MARKUP], ids=lambda rule: rule.__name__)
def test_code_keeps(rule: Rule) -> None:
    assert faults(rule, CODE) == []


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.__name__)
def test_files_keep(rule: Rule) -> None:
    assert faults(rule, CODE + PRODUCT) == []


def test_blueprints_never_import_each_other() -> None:
    assert BLUEPRINTS
    assert [f"{each.path}: {fault}" for each in CODE for fault in stand_alone(each)] == []


def test_every_folder_that_makes_a_blueprint_is_one() -> None:
    made = source("webapp/counts/public.py", "blueprint = Blueprint('counts', __name__)")
    shared = source("webapp/site/health.py", "blueprint = Blueprint('up', __name__)")
    assert house.find_blueprints([made, shared]) == {"counts"}


def test_no_two_classes_share_a_name() -> None:
    product = [each for each in CODE if not each.below("tests/")]
    assert list(naming.find_doubled_classes(product)) == []


def test_two_classes_of_one_name_are_seen() -> None:
    both = [source("reports/a.py", "class Page: ..."), source("webapp/b.py", "class Page: ...")]
    assert list(naming.find_doubled_classes(both)) == ["Page: reports/a.py, webapp/b.py"]


def test_templates_hold_no_code() -> None:
    assert TEMPLATES
    assert faults(house.pages_hold_no_code, TEMPLATES) == []
    assert faults(markup.templates_escape, TEMPLATES) == []


def test_what_is_cited_is_there() -> None:
    assert {"README.md", "docs/security-parameters.md", "docs/safety-criteria.md"} <= PAPERS.keys()
    assert faults(hold, CITING) == []


def test_what_a_comment_names_is_there() -> None:
    assert faults(exist, CODE) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_what_can_be_cited_has_one_place(paper: str) -> None:
    marks = citations.marks_of((ROOT / paper).read_text("utf-8"))
    assert sorted(marks) == sorted(set(marks))


def test_templates_name_no_country() -> None:
    assert faults(house.only_territory_knows_countries, TEMPLATES) == []


SMALL = "Small on purpose: every part needs it."
TEMPLATE_OF_ALL = "webapp/templates/info/chapters/side/all.html"
OWN_TEMPLATE = "webapp/templates/info/chapters/side/be.html"
LONG_VIEW = "@blueprint.get('/')\ndef home():\n" + "    x = 1\n" * 26

FIVE = "session, vault, owner, now, told"
BROKEN = [
    (house.the_domain_knows_no_web, "reports/a.py", "import flask"),
    (house.the_domain_knows_no_web, "reports/a.py", "from webapp.config import Config"),
    (house.the_domain_knows_no_web, "reports/a/b.py", "def f():\n    from werkzeug import http"),
    (house.routing_is_pure, "reports/routing/a.py", "from sqlalchemy import select"),
    (house.routing_is_pure, "reports/routing/a.py", "from reports.model import Report"),
    (house.routing_is_pure, "reports/routing/a.py", "from ..model import Report"),
    (house.routing_is_pure, "reports/routing/a.py", "from reports import db"),
    (house.few_commit, "webapp/report/views.py", "session.commit()"),
    (house.few_commit, "reports/intake/submit.py", "with session.begin():\n    pass"),
    (house.parts_stand_under_one_key, "webapp/a.py", "app.extensions['engine'].dispose()"),
    (house.parts_stand_under_one_key, "tests/a.py", "current_app.extensions.get('vault')"),
    (house.imports_stand_at_the_top, "webapp/a.py", "def f():\n    import os"),
    (house.imports_stand_at_the_top, "tests/a.py", "class A:\n    from os import path"),
    (house.the_domain_is_told_the_time, "reports/a.py", "x = datetime.now(UTC)"),
    (house.the_domain_is_told_the_time, "reports/a.py", "x = dt.datetime.utcnow()"),
    (house.the_domain_is_told_the_time, "reports/a.py", "x = date.today()"),
    (house.the_domain_is_told_the_time, "reports/a.py", "field(default_factory=time.time)"),
    (house.the_domain_is_told_the_time, "reports/a.py", "from time import time"),
    (house.views_are_short, "webapp/info/views.py", LONG_VIEW),
    (house.functions_take_few_parameters, "reports/a.py", f"def f({FIVE}, once): ..."),
    (house.functions_take_few_parameters, "reports/a.py", f"def f({FIVE}, *, once=b''): ..."),
    (house.functions_take_few_parameters, "reports/a.py", f"# why\n\ndef f({FIVE}, once): ..."),
    (house.functions_take_few_parameters, "reports/a.py", f"def f({FIVE}, once): ...  # x"),
    (
        house.functions_take_few_parameters,
        "reports/a.py",
        f"class A:\n    def f(self, {FIVE}, once): ...",
    ),
    (house.names_use_the_words_of_the_house, "reports/a.py", "def read_inbox(): ..."),
    (house.names_use_the_words_of_the_house, "reports/a.py", "class TicketQueue: ..."),
    (house.channels_are_asked, "reports/a.py", "x = 1 if setting.channel == 'portal' else 2"),
    (house.channels_are_asked, "webapp/a.py", "x = delivery.channel in ('openpgp', 'smime')"),
    (house.channels_are_asked, "reports/a.py", "query.where(Delivery.channel != 'portal')"),
    (house.modules_say_what_they_are_for, "reports/a.py", "import os"),
    (house.silence_has_a_reason, "reports/a.py", "x = f()  # type: ignore[arg-type]"),
    (house.silence_has_a_reason, "tests/a.py", "x = f()  # noqa: E501"),
    (naming.functions_begin_with_a_verb, "reports/a.py", "def told(): ..."),
    (naming.functions_begin_with_a_verb, "webapp/a.py", "class A:\n    def shown(self): ..."),
    (naming.functions_begin_with_a_verb, "webapp/a.py", "@blueprint.get('/')\ndef home(): ..."),
    (naming.modules_are_nouns, "webapp/triage/sending.py", ""),
    (naming.modules_are_nouns, "reports/asked.py", ""),
    (house.shared_rooms_lie_below, "webapp/site/a.py", "from webapp.info import chapters"),
    (house.shared_rooms_lie_below, "webapp/site/a.py", "from webapp.wording import citations"),
    (house.shared_rooms_lie_below, "webapp/wording/a.py", "from webapp import staff_auth"),
    (house.files_are_short, "webapp/a.py", "x = 1\n" * 401),
    (house.small_files_have_a_reason, "webapp/a.py", '"""A part."""\n'),
    (house.small_files_have_a_reason, "reports/a.py", '"""A part.\n\nSmall on purpose:\n"""\n'),
    (house.names_say_what_is_inside, "webapp/utils.py", ""),
    (house.names_say_what_is_inside, "reports/services/mail.py", ""),
    (house.nothing_is_left_for_later, "webapp/a.py", "# TODO: mend this"),
    (markup.markup_is_written_here, "webapp/a.py", "x = Markup(_('Close'))"),
    (markup.markup_is_written_here, "webapp/a.py", "x = markupsafe.Markup(f'<b>{told}</b>')"),
    (markup.templates_escape, "a.html", "<p>{{ _('Close') | safe }}</p>"),
    (markup.templates_escape, "a.html", "{% autoescape false %}{{ told }}{% endautoescape %}"),
    (house.pages_hold_no_code, "a.html", "<script>go()</script>"),
    (house.pages_hold_no_code, "a.html", '<script defer src="/a.js"></script><script>x</script>'),
    (house.pages_hold_no_code, "a.html", "<style>p { color: red }</style>"),
    (house.pages_hold_no_code, "a.html", '<p class="a" style="color: red">'),
    (house.pages_hold_no_code, "a.html", '<a href="/x"\n  onclick="go()">'),
    (house.pages_hold_no_code, "a.html", '<a href="javascript:go()">'),
    (house.only_territory_knows_countries, "reports/a.py", 'CODES = ("BE", "NL")'),
    (house.only_territory_knows_countries, "reports/a.py", 'x = {"flanders": 1}'),
    (house.only_territory_knows_countries, "webapp/a.py", 'x = f"In Belgium {y}"'),
    (house.only_territory_knows_countries, "webapp/a.py", '_("Is this the Netherlands?")'),
    (house.only_territory_knows_countries, "webapp/a.py", 'ZONE = ZoneInfo("Europe/Brussels")'),
    (house.only_territory_knows_countries, "webapp/a.py", 'ORIGIN = "benelux"'),
    (house.only_territory_knows_countries, "webapp/templates/a.html", '{% if c == "LU" %}'),
    (house.only_territory_knows_countries, TEMPLATE_OF_ALL, "{{ _('In Luxembourg.') }}"),
    (exist, "reports/a.py", '"""As `vault.no_such_key` says."""'),
    (exist, "webapp/a.py", "# As `aftermath.PATIENCE` says.\nx = 1"),
    (stand_alone, "webapp/report/views.py", "from webapp.info.views import home"),
    (stand_alone, "webapp/report/views.py", "from webapp import info"),
    (stand_alone, "webapp/report/views.py", "from ..info import views"),
    (stand_alone, "webapp/site/padded_response.py", "from webapp.info import views"),
    (hold, "reports/a.py", "# Why: docs/nowhere.md."),
    (hold, "reports/a.py", 'X = 1\n"""security-parameters.md, section 1."""'),
    (hold, "reports/a.py", '"""Limits (docs/security-parameters.md#SP-0.1)."""'),
    (hold, "reports/a.py", "# docs/security-parameters.md, section 99"),
    (hold, "reports/a.py", "x = 1  # as SP-0.1 says"),
    (hold, "tests/a.py", '"""Leaving (criteria 16,\n17 and 999)."""'),
    (hold, "webapp/templates/a.html", "{# criterion 0 #}"),
    (hold, "webapp/static/js/a.js", "/* see docs/nowhere.md */"),
    (hold, "Makefile", "# see NOTES.md"),
    (hold, "docs/a.md", "[Terms](glossary.md#none)"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_broken_rule_is_seen(rule: Rule, path: str, text: str) -> None:
    assert list(rule(source(path, text)))


PROPERTY = "class A:\n    @property\n    def told(self): ..."
SOUND = [
    (house.the_domain_knows_no_web, "webapp/a.py", "import flask"),
    (house.routing_is_pure, "reports/routing/a.py", "from reports.errors import WaysideError"),
    (house.routing_is_pure, "reports/routing/a.py", "from reports.routing.facts import Facts"),
    (house.few_commit, "reports/worker.py", "session.commit()"),
    (house.parts_stand_under_one_key, "webapp/a.py", "get_services().engine.dispose()"),
    (house.parts_stand_under_one_key, "webapp/site/app_services.py", "app.extensions[KEY]"),
    (house.the_domain_is_told_the_time, "reports/worker.py", "x = datetime.now(UTC)"),
    (house.the_domain_is_told_the_time, "reports/a.py", "x = time.monotonic()"),
    (naming.functions_begin_with_a_verb, "reports/a.py", "def read_told(): ..."),
    (naming.functions_begin_with_a_verb, "reports/a.py", "def _told(): ..."),
    (naming.functions_begin_with_a_verb, "reports/a.py", PROPERTY),
    (naming.functions_begin_with_a_verb, "webapp/a.py", "@click.command()\ndef demo(): ..."),
    (naming.modules_are_nouns, "reports/routing/a.py", ""),
    (naming.modules_are_nouns, "webapp/triage/delivery_wording.py", ""),
    (house.shared_rooms_lie_below, "webapp/wording/a.py", "from webapp.site import clock"),
    (house.shared_rooms_lie_below, "webapp/site/a.py", "from reports import db"),
    (house.channels_are_asked, "reports/a.py", "if get_channel(setting.channel).reminds: ..."),
    (house.channels_are_asked, "reports/a.py", "if first.channel == second.channel: ..."),
    (house.small_files_have_a_reason, "webapp/a.py", '"""A part.\n\n' + SMALL + '\n"""\n'),
    (house.small_files_have_a_reason, "webapp/a/__init__.py", '"""A part."""\n'),
    (house.small_files_have_a_reason, "tests/a.py", '"""A part."""\n'),
    (house.small_files_have_a_reason, "reports/migrations/versions/0002.py", "x = 1\n"),
    (house.small_files_have_a_reason, "webapp/a.py", "x = 1\n" * 40),
    (house.functions_take_few_parameters, "webapp/a.py", f"def f({FIVE}, once): ..."),
    (house.functions_take_few_parameters, "reports/a.py", f"def f({FIVE}, *more): ..."),
    (
        house.functions_take_few_parameters,
        "reports/a.py",
        f"class A:\n    def f(self, {FIVE}): ...",
    ),
    (
        house.functions_take_few_parameters,
        "reports/a.py",
        f"# The columns of a table.\ndef f({FIVE}, once): ...",
    ),
    (house.silence_has_a_reason, "a.py", "x = f()  # type: ignore[arg-type]  # one dict, many"),
    (house.only_territory_knows_countries, "webapp/a.py", 'TAGS = ("nl", "lu", "be")'),
    (house.only_territory_knows_countries, "webapp/a.py", '"""As in Belgium."""\nNOBLE = "BEING"'),
    (house.only_territory_knows_countries, "reports/territory.py", 'x = "BE"'),
    (house.only_territory_knows_countries, "reports/migrations/versions/a.py", 'x = "BE"'),
    (house.only_territory_knows_countries, "tests/a.py", 'x = "BE"'),
    (house.only_territory_knows_countries, "webapp/templates/a.html", "{# Belgium #}<p>"),
    (house.only_territory_knows_countries, OWN_TEMPLATE, "<p>In Belgium.</p>"),
    (markup.markup_is_written_here, "webapp/a.py", "x = Markup('<b>{}</b>').format(_('Close'))"),
    (markup.markup_is_written_here, "webapp/info/chapters.py", "x = Markup(page.render())"),
    (markup.templates_escape, "a.html", "{# x|safe #}<p class='safe'>{{ told|moment }}</p>"),
    (house.pages_hold_no_code, "a.html", '<script src="/s/a.js" defer></script>'),
    (house.pages_hold_no_code, "a.html", '<button name="once" hx-get="/desk/queue">'),
    (exist, "reports/a.py", '"""Raises what `vault.open` raises; kept in `eu.toml`."""'),
    (exist, "webapp/a.py", '"""In the group `a.plugin`."""\nload("a.plugin")'),
    (exist, "webapp/a.py", "# `act.record` writes it.\ndef f(act): ..."),
    (stand_alone, "webapp/report/views.py", "from webapp.report import steps"),
    (stand_alone, "webapp/__init__.py", "from webapp.info.views import blueprint"),
    (hold, "reports/a.py", 'X = 1\n"""docs/security-parameters.md#SP-2.1."""'),
    (hold, "reports/a.py", "# docs/security-parameters.md, section 2; SP-2.1; RFC 5321, section 4"),
    (hold, "reports/a.py", "x = 'nowhere.md'  # https://example.org/nowhere.md"),
    (hold, "tests/a.py", '"""Leaving (docs/safety-criteria.md, criteria 16, 17 and 18 to 20)."""'),
    (hold, "docs/a.md", "[Terms](glossary.md#sources), [all](../README.md), `docs/*.md`"),
]


@pytest.mark.parametrize(("rule", "path", "text"), SOUND)
def test_sound_code_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert list(rule(source(path, text))) == []
