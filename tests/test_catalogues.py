"""The catalogues' gate: templates that fit the code, and a gate that notices when they do not."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts.catalogue_gate import find_faults
from scripts.catalogue_gate.brought import find_header_faults

ROOT = Path(__file__).resolve().parents[1]
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
    checked = _run(ROOT, "check", "--complete")
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
    return list(find_faults(catalogue, template, True))


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
        "%(name)s z.B.",
    ],
)
def test_a_translation_of_words_alone_passes(text: str) -> None:
    assert judge(text, "fa" if "\u200c" in text else "nl") == []


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


FORMS = ("%(n)s صفر", "%(n)s يوم", "%(n)s يومان", "%(n)s أيام", "%(n)s يوما", "%(n)s يوم")


@pytest.mark.parametrize("at", range(6))
def test_each_plural_form_of_a_language_is_needed(at: int) -> None:
    single = ("%(n)s day", "%(n)s days")
    assert judge(FORMS, "ar", single) == []
    without = tuple("" if at == place else form for place, form in enumerate(FORMS))
    assert any(f"plural forms are missing: {at}" in fault for fault in judge(without, "ar", single))
    assert any("plural forms" in fault for fault in judge(FORMS[:at], "ar", single)) == (at > 0)


def test_a_text_that_lacks_a_plural_form_is_not_compiled(copy: Path) -> None:
    folder = copy / "webapp/translations/nl/LC_MESSAGES"
    text = (folder / "chapters.po").read_text("utf-8")
    at = text.index('msgstr[1] "', text.index('msgid "Then your time to think is %(days)s day."'))
    end = text.index("\n", at)
    (folder / "chapters.po").write_text(f'{text[:at]}msgstr[1] ""{text[end:]}', "utf-8")
    assert _run(copy, "compile").returncode == 0
    with (folder / "chapters.mo").open("rb") as lines:
        entries = vars(GNUTranslations(lines))["_catalog"]
    assert ("Then your time to think is %(days)s day.", 0) not in entries
    assert "plural forms are missing: 1" in _run(copy, "check").stderr


def test_a_header_that_counts_otherwise_than_its_language_fails() -> None:
    catalogue = Catalog(locale="ar", domain="desk")
    assert list(find_header_faults(catalogue)) == []
    catalogue._num_plurals, catalogue._plural_expr = 2, "(n != 1)"
    assert "its header has 2 plural forms" in next(find_header_faults(catalogue))


ROOM = "You can stay in a house of the centre and rest for some time."
WRONG = {
    "another script": [
        ("nl", ONE, "Беl %(name)s."),
        ("nl", ONE, "Bеl %(name)s."),
        ("ar", "Call.", "اتصل now."),
        ("uk", ONE, "Телефонуйте %(name)s, pлease."),
    ],
    "no letter of the script": [("ar", "Close", "Close"), ("zh_Hans", "Close", "Close")],
    "this is English": [
        ("nl", ROOM, ROOM),
        ("fr", ROOM, f"Vous pouvez dormir ici. {ROOM}"),
        ("de", ROOM, "You can stay in this house and rest for some time here."),
        ("lb", ROOM, ROOM),
        ("pl", ROOM, ROOM),
    ],
    "too long": [
        ("nl", "Close", "Sluit deze bladzijde nu helemaal af"),
        ("nl", ROOM, "rust " * 60),
    ],
    "too short": [("nl", ROOM, "Rust."), ("zh_Hans", ROOM, "房子")],
    "leaves out figures": [("nl", "Call 112 now.", "Bel nu."), ("ar", "In 45 days.", "في أيام.")],
}


@pytest.mark.parametrize(
    ("what", "locale", "english", "text"),
    [(what, *sample) for what, samples in WRONG.items() for sample in samples],
)
def test_a_translation_that_is_none_fails(what: str, locale: str, english: str, text: str) -> None:
    assert any(what in fault for fault in judge(text, locale, english)), judge(
        text, locale, english
    )


@pytest.mark.parametrize(
    ("locale", "english", "text"),
    [
        ("nl", "Film", "Film"),
        ("nl", "Meld Misdaad Anoniem", "Meld Misdaad Anoniem"),
        ("ar", "Ask Payoke and PAG-ASA.", "اسأل Payoke وPAG-ASA."),
        ("ar", "Call 112 now.", "اتصل ب ١١٢ الآن."),
        ("zh_Hans", ROOM, "您可以在中心的房子里休息一段时间。"),
        ("sr_Latn", ROOM, "Možete da ostanete u kući centra i da se odmorite neko vreme."),
        ("ti", ROOM, "ኣብ ገዛ ናይቲ ማእከል ንዝተወሰነ ግዜ ክትዓርፉ ትኽእሉ ኢኹም።"),
        ("fa_AF", ROOM, "شما می‌توانید در خانهٔ مرکز بمانید و مدتی استراحت کنید."),
    ],
)
def test_a_true_translation_passes(locale: str, english: str, text: str) -> None:
    assert judge(text, locale, english) == []


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff\xfe not words",
        b'msgid "a"\nmsgstr "b',
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=x"\n',
    ],
)
def test_a_file_that_is_no_catalogue_is_named_and_the_others_are_made(
    copy: Path, damage: bytes
) -> None:
    assert _run(copy, "compile").returncode == 0
    folder = copy / "webapp/translations/fr/LC_MESSAGES"
    (folder / "countries.po").write_bytes(damage)
    for file in (*folder.glob("*.mo"), *folder.parents[1].glob("de/*/*.mo")):
        file.write_bytes(b"old") if file.stem != "countries" else None
    for command in ("compile", "check", "update"):
        told = _run(copy, command)
        assert told.returncode == 1, command
        assert "fr/LC_MESSAGES/countries.po: this is no catalogue" in told.stderr
        assert "Traceback" not in told.stderr
    assert not (folder / "countries.mo").exists()
    assert (folder / "desk.mo").read_bytes() != b"old"
    assert (folder.parents[1] / "de/LC_MESSAGES/desk.mo").read_bytes() != b"old"


def test_changed_english_keeps_the_old_translation_as_fuzzy_with_what_it_said(copy: Path) -> None:
    page = copy / "webapp/templates/errors/desk.html"
    page.write_text(
        page.read_text("utf-8").replace("Back to the desk", "Go back to the desk"), "utf-8"
    )
    assert _run(copy, "update").returncode == 0
    po = (copy / "webapp/translations/nl/LC_MESSAGES/desk.po").read_text("utf-8")
    entry = next(part for part in po.split("\n\n") if 'msgid "Go back to the desk"' in part)
    assert "#, fuzzy" in entry
    assert '#| msgid "Back to the desk"' in entry
    assert entry.splitlines()[-1] != 'msgstr ""'
    assert _run(copy, "check").returncode == 0
    told = _run(copy, "check", "--complete")
    assert "nl/desk.po: not translated: 'Go back to the desk'" in told.stderr
    assert _run(copy, "compile").returncode == 0
    with (copy / "webapp/translations/nl/LC_MESSAGES/desk.mo").open("rb") as lines:
        assert "Go back to the desk" not in vars(GNUTranslations(lines))["_catalog"]


def test_what_the_english_has_may_stay() -> None:
    told = "Write to name@example.org within 24 hours, see https://www.example.org/x."
    said = "Schrijf aan name@example.org binnen 24 uur, zie https://www.example.org/x."
    assert judge(said, english=told) == []
    assert judge(said.replace("name@example.org", "naam@evil.org"), english=told) != []
    assert judge(said.replace("24", "25"), english=told) != []
    assert judge(said.replace("24", "٢٤"), english=told) == []


def test_complete_means_every_text(copy: Path) -> None:
    po = copy / "webapp/translations/nl/LC_MESSAGES/messages.po"
    po.unlink()
    assert _run(copy, "update").returncode == 0
    checked = _run(copy, "check", "--complete")
    assert checked.returncode == 1
    assert "nl/messages.po: not translated" in checked.stderr
