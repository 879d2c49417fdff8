"""What the repository promises about itself: pinned packages, reasons, a whole licence."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from reports.environment import list_settings
from reports.settings import Settings
from tests.support import house
from webapp.config import Config

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("run", "test")
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "flask-babel": "flask_babel",
    "fpdf2": "fpdf",
    "htmx-flask": "htmx_flask",
    "pillow": "PIL",
    "pillow-heif": "pillow_heif",
}
OURS = {"reports", "webapp", "tests", "wsgi"}
NPM = (".", "tests/bench/lighthouse")
LOCKS = (
    "requirements/run.txt",
    "requirements/test.txt",
    *(f"{folder}/package-lock.json" for folder in NPM),
)


def wanted(kind: str) -> set[str]:
    """The packages that requirements/<kind>.in names."""
    lines = (ROOT / f"requirements/{kind}.in").read_text().splitlines()
    names = (re.match(r"[a-z0-9][a-z0-9-]*", line) for line in lines)
    return {name.group() for name in names if name}


def pins(text: str) -> dict[str, list[str]]:
    """Each package of a requirements file, as `name==version`, with its hashes."""
    found: dict[str, list[str]] = {}
    for entry in text.replace("\\\n", " ").splitlines():
        words = entry.split()
        if words and not words[0].startswith("#"):
            found[words[0]] = [word for word in words[1:] if word.startswith("--hash=sha256:")]
    return found


def addresses(text: str) -> list[str]:
    """Every address in a text, and every option that names one."""
    return re.findall(r"https?://\S+|file:\S+|--(?:extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_package_is_pinned_with_hashes(kind: str) -> None:
    pinned = pins((ROOT / f"requirements/{kind}.txt").read_text())
    assert pinned
    for pin, hashes in pinned.items():
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][a-z0-9.]*", pin)
        assert hashes, f"{pin} has no hash"


@pytest.mark.parametrize("kind", KINDS)
def test_every_package_asked_for_is_pinned(kind: str) -> None:
    pinned = {pin.split("==")[0] for pin in pins((ROOT / f"requirements/{kind}.txt").read_text())}
    assert wanted(kind) <= pinned


def test_both_files_agree_on_versions() -> None:
    run, test = ((ROOT / f"requirements/{kind}.txt").read_text() for kind in KINDS)
    versions = dict(pin.split("==") for pin in pins(run))
    for name, version in (pin.split("==") for pin in pins(test)):
        assert versions.get(name, version) == version, name


def npm_packages(folder: str) -> dict[str, str]:
    """Name and version of what the package.json of a folder asks for."""
    asked: dict[str, str] = json.loads((ROOT / folder / "package.json").read_text())[
        "devDependencies"
    ]
    return asked


@pytest.mark.parametrize("folder", NPM)
def test_the_npm_packages_are_pinned_with_hashes(folder: str) -> None:
    asked = npm_packages(folder)
    locked = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    for name, version in asked.items():
        assert re.fullmatch(r"[0-9.]+", version), f"{name} is not pinned"
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, entry in locked.items():
        assert not name or entry["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("file", LOCKS)
def test_no_lock_file_names_a_registry(file: str) -> None:
    assert addresses((ROOT / file).read_text()) == []


def test_an_address_would_be_seen() -> None:
    assert addresses('"resolved": "https://registry.example/x.tgz"')
    assert addresses("--extra-index-url https://pypi.example")
    assert addresses("--find-links /opt")


def test_every_dependency_has_a_reason() -> None:
    text = (ROOT / "docs/dependencies.md").read_text()
    reasons = dict(re.findall(r"^\| (\S+) \| (.{20,}) \|$", text, flags=re.MULTILINE))
    npm = {name for folder in NPM for name in npm_packages(folder)}
    assert reasons.keys() == wanted("run") | wanted("test") | npm


def test_what_the_product_imports_is_asked_for_by_name() -> None:
    asked = {IMPORTED_AS.get(name, name) for name in wanted("run")}
    for source in house.read(ROOT, ("reports", "webapp"), (".py",)):
        roots = {module.split(".")[0] for _, module in source.imports()}
        unknown = roots - asked - OURS - sys.stdlib_module_names
        assert not unknown, f"{source.path} imports {unknown}"


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    articles = re.findall(r"^(\d+)\. \w", text, flags=re.MULTILINE)
    assert articles == [str(number) for number in range(1, 16)]
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text
    assert "GNU Affero General Public License (AGPL) v. 3" in text
    assert text.rstrip().endswith("new EUPL version.")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]
    assert declared == json.loads((ROOT / "package.json").read_text())["license"] == "EUPL-1.2"


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_documents_name_only_what_exists() -> None:
    """Files and make targets that a document names in `code` stand in the repository."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    folders = "reports|webapp|tests|scripts|docs|requirements"
    for document in documents():
        text = document.read_text()
        drawn = "".join(re.findall(r"^```\n.*?^```$", text, flags=re.MULTILINE | re.DOTALL))
        named = re.findall(rf"(?<![\w./])(?:{folders})/[\w./*-]*\w/?", drawn)
        for name in [*re.findall(r"`([^`\n]+)`", text), *named]:
            if re.fullmatch(rf"(?:{folders})/[\w./*-]*", name):
                assert list(ROOT.glob(name.rstrip("/"))), f"{document.name}: {name}"
            if command := re.match(r"make ([a-z]+)", name):
                assert command.group(1) in targets, f"{document.name}: {name}"


def tour() -> set[str]:
    """Every file and folder that the tour of docs/architecture.md names, by its path."""
    found: set[str] = set()
    for title, block in re.findall(
        r"^### ([^\n]+)\n\n```\n(.*?)^```$",
        (ROOT / "docs/architecture.md").read_text("utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    ):
        top = title.partition(":")[0] if "/" in title else ""
        folder = ""
        for line in block.splitlines():
            inside = top + folder if line.startswith(" ") else top
            named = re.split(r"\s{2,}", line.strip())[0]
            names = re.findall(r"(?<![\w/])[\w*]+(?:\.py|/)(?=[ ;,]|$)", named)
            found |= {inside + name for name in names}
            if inside == top and names:
                folder = names[-1]
    return found


def test_the_tour_names_only_what_exists() -> None:
    assert len(tour()) > 150
    assert sorted(name for name in tour() if not list(ROOT.glob(name.rstrip("/")))) == []


@pytest.mark.parametrize("folder", ["reports", "webapp", "webapp/site", "webapp/wording"])
def test_the_tour_names_every_part(folder: str) -> None:
    names = tour()
    parts = {
        f"{folder}/{part.name}{'/' * part.is_dir()}"
        for part in (ROOT / folder).iterdir()
        if (part / "__init__.py").is_file() or part.suffix == ".py"
    }
    assert parts
    assert sorted(parts - names - {f"{folder}/__init__.py"}) == []


def known_variables() -> set[str]:
    return {each.variable for kind in (Settings, Config) for each in list_settings(kind).values()}


def test_the_readme_has_a_row_for_each_setting_and_for_no_other() -> None:
    text = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| `(WAYSIDE_[A-Z_]+)` \|", text, flags=re.MULTILINE)
    assert sorted(rows) == sorted(known_variables())


def test_documents_name_only_settings_that_are_read() -> None:
    checks = "".join(each.text for each in house.read(ROOT, ("tests", "scripts"), (".py", "")))
    of_tests = set(re.findall(r"WAYSIDE_TEST_[A-Z_]+", checks))
    for document in documents():
        named = set(re.findall(r"WAYSIDE_[A-Z_]+", document.read_text()))
        assert named - {"WAYSIDE_TEST_"} <= known_variables() | of_tests, document.name
