"""The catalogues' gate: templates that fit the code, and a gate that notices when they do not."""

from __future__ import annotations

import ast
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
GATE = runpy.run_path(str(ROOT / "scripts" / "catalogues"), run_name="catalogues")
WORDS = frozenset({"_", "N_", "desk_text", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"})
OF_THE_DESK = ("DESK.lazy_gettext", "DESK.gettext", '"layouts/desk.html"', '"desk/form.html"')


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "scripts" / "catalogues"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The parts of the tree that the script reads."""
    for name in ("webapp", "reports/delivery", "reports/intake", "reports/routing/data", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    assert _run(tmp_path, "update").returncode == 0
    return tmp_path


def test_the_catalogues_fit_the_code() -> None:
    checked = _run(ROOT, "check")
    assert checked.returncode == 0, checked.stderr


def _unseen(tree: ast.AST) -> Iterator[int]:
    """Lines where words to translate stand inside an f-string, where no tool looks for them."""
    for node in ast.walk(tree):
        for inner in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name | ast.Attribute):
                name = inner.func.id if isinstance(inner.func, ast.Name) else inner.func.attr
                if name in WORDS and any(isinstance(each, ast.Constant) for each in inner.args):
                    yield inner.lineno


def test_no_words_hide_from_the_catalogues() -> None:
    files = [*(ROOT / "webapp").rglob("*.py"), *(ROOT / "reports").rglob("*.py")]
    found = {
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        for line in _unseen(ast.parse(file.read_text("utf-8")))
    }
    assert len(files) > 200
    assert not found


def test_what_the_desk_says_stands_in_the_catalogue_that_it_looks_into() -> None:
    with (ROOT / "webapp/translations/messages.pot").open("rb") as lines:
        places = {file for message in read_po(lines) for file, _line in message.locations}
    read = {file: (ROOT / file).read_text("utf-8") for file in places if file.startswith("webapp")}
    assert len(read) > 50
    mixed = {file for file, text in read.items() if any(sign in text for sign in OF_THE_DESK)}
    assert {file for file in mixed if not file.startswith("webapp/wording/")} == set()


def _marked(tree: ast.AST, mark: str) -> set[str]:
    """The texts that stand in calls of `mark`."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == mark
        if isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize(("mark", "catalogue"), [("_", "messages"), ("desk_text", "desk")])
def test_wording_of_both_faces_marks_what_is_of_the_desk(mark: str, catalogue: str) -> None:
    with (ROOT / f"webapp/translations/{catalogue}.pot").open("rb") as lines:
        known = {message.id: {file for file, _ in message.locations} for message in read_po(lines)}
    checked = 0
    for path in (ROOT / "webapp/wording").glob("*.py"):
        text = path.read_text("utf-8")
        assert text.count("DESK.") == text.count("\ndesk_text = DESK.lazy_gettext\n"), path.name
        for words in _marked(ast.parse(text), mark):
            assert f"webapp/wording/{path.name}" in known[words], words
            checked += 1
    assert checked > 50


CHANGES = (
    ("webapp/templates/info/home.html", "I have a code", "I got a code", "messages.pot"),
    (
        "webapp/templates/info/chapters/rights/be.html",
        "Can you be punished",
        "Punished",
        "chapters.pot",
    ),
    ("webapp/templates/errors/desk.html", "Back to the desk", "Back", "desk.pot"),
    ("reports/routing/data/be.toml", "This is the police.", "Police.", "countries.pot"),
)


def test_changed_words_make_the_right_catalogue_stale(copy: Path) -> None:
    changed: list[str] = []
    for file, old, new, template in CHANGES:
        text = (copy / file).read_text("utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new), "utf-8")
        changed.append(template)
        if len(changed) in (1, len(CHANGES)):
            checked = _run(copy, "check")
            assert checked.returncode == 1
            stale = {line.split()[0] for line in checked.stderr.splitlines() if ".pot" in line}
            assert stale == set(changed)


def test_a_translation_that_loses_a_placeholder_fails(copy: Path) -> None:
    po = copy / "webapp/translations/nl/LC_MESSAGES/chapters.po"
    text = po.read_text("utf-8")
    start = text.index('msgid "Your paper is called %(document)s."')
    end = text.index("\n\n", start)
    broken = 'msgid "Your paper is called %(document)s."\nmsgstr "Uw papier heet %(papier)s."'
    po.write_text(text[:start] + broken + text[end:], "utf-8")
    checked = _run(copy, "check")
    assert checked.returncode == 1
    assert "chapters.po" in checked.stderr


ONE, DAYS = "Call %(name)s.", ("%(n)s day", "%(n)s days of 24 hours")
"""A text, and one with plural forms, that `judge` takes translations of."""
NL = ("%(n)s dag", "%(n)s dagen van 24 uur")


def judge(text: str | tuple[str, ...], locale: str = "nl", english: object = None) -> list[str]:
    """What the gate says of one translation: of `ONE`, or of `DAYS` where there are forms."""
    wanted = english or (DAYS if isinstance(text, tuple) else ONE)
    template, catalogue = Catalog(domain="desk"), Catalog(locale=locale, domain="desk")
    template.add(wanted)
    catalogue.add(wanted, text)
    return list(GATE["_faults"](catalogue, template, True))


BROUGHT = {
    "markup": (
        "<b>%(name)s</b>",
        "x > %(name)s",
        "%(name)s &lt;",
        "%(name)s&#60;",
        "&nbsp;%(name)s",
    ),
    "an address": (
        "%(name)s: https://evil.example/x",
        "%(name)s //evil.example",
        "%(name)s www.evil",
        "%(name)s evil.com",
        "%(name)s, kijk op evil.be.",
        "%(name)s: iemand@evil",
        "%(name)s tel:112",
        "%(name)s JavaScript:x",
    ),
    "figures": ("Bel %(name)s: 112.", "Bel %(name)s \u0661\u0661\u0662", "Bel %(name)s\u00b2"),
    "hidden characters": (
        *(
            "Bel\u202e %(name)s",
            "Bel\u200f %(name)s",
            "Bel \u061c%(name)s",
            "Bel\u202a %(name)s\u202c",
        ),
        *(
            "Bel\x07 %(name)s",
            "Bel\t%(name)s",
            "Bel\n%(name)s",
            "Bel\x9f%(name)s",
            "\ufeffBel %(name)s",
        ),
        *("Bel\u00ad%(name)s", "Bel\u2028%(name)s", "Bel\u200b%(name)s", "Bel \ue000%(name)s"),
        "Bel %(name)s\U000e0041",
    ),
    "directions": ("\u2068%(name)s", "%(name)s\u2069", "\u2069%(name)s\u2068"),
    "placeholders": ("Bel.", "Bel %(naam)s.", "Bel %(name)s %(more)s."),
    "%": ("Bel %(name)s, 50 % van de tijd.", "Bel %(name)s %"),
}


@pytest.mark.parametrize(
    ("what", "text"), [(what, text) for what, texts in BROUGHT.items() for text in texts]
)
def test_a_translation_that_brings_what_the_english_has_not_fails(what: str, text: str) -> None:
    assert any(what in fault for fault in judge(text)), "alone"
    for at in range(2):
        forms = [*NL]
        forms[at] = text.replace("%(name)s", "%(n)s").replace("%(naam)s", "%(name)s")
        assert any(what in fault for fault in judge(tuple(forms))), f"as plural form {at}"


@pytest.mark.parametrize(
    "text",
    [
        "Bel %(name)s.",
        "Bel \u2068%(name)s\u2069!",
        "Appelez\u00a0: «\u00a0%(name)s\u00a0»",
        "با %(name)s تماس\u200cبگیرید",
        "%(name)s, z.B. d.h. usw.",
    ],
)
def test_a_translation_of_words_alone_passes(text: str) -> None:
    assert judge(text) == []


def test_a_form_for_one_number_may_leave_that_number_out_and_no_other() -> None:
    assert judge(NL) == []
    assert judge(("een dag", NL[1])) == judge(("een dag", NL[1]), english=DAYS)
    single = ("one day", "%(n)s days")
    assert judge(("een dag", "%(n)s dagen"), english=single) == []
    assert any("leaves out" in fault for fault in judge(("een dag", "dagen"), english=single))
    forms = ("%(n)s صفر", "يوم", "يومان", "%(n)s أيام", "%(n)s يوما", "%(n)s يوم")
    assert judge(forms, "ar", single) == []
    for at in (3, 4, 5):
        less = tuple("أيام" if at == place else form for place, form in enumerate(forms))
        assert any("leaves out" in fault for fault in judge(less, "ar", single)), at


def test_what_the_english_has_may_stay() -> None:
    told = "Write to name@example.org within 24 hours, see https://www.example.org/x."
    assert judge(f"Schrijf: {told}", english=told) == []
    assert judge(told.replace("name@example.org", "naam@evil.org"), english=told) != []
    assert judge(told.replace("24", "25"), english=told) != []
    assert judge(told.replace("24", "٢٤"), english=told) == []


def test_complete_means_every_text(copy: Path) -> None:
    po = copy / "webapp/translations/nl/LC_MESSAGES/messages.po"
    po.unlink()
    assert _run(copy, "update").returncode == 0
    checked = _run(copy, "check", "--complete")
    assert checked.returncode == 1
    assert "nl/messages.po: not translated" in checked.stderr
