"""What comments and documents cite: each paper, section, anchor and criterion must be there.

A citation is `docs/security-parameters.md#SP-2.1` or `docs/security-parameters.md, section 3`, a
number such as SP-2.1 alone, or "criterion 9" and "criteria 9, 10 and 14 to 16", whose numbers are
those of `docs/safety-criteria.md`. What a comment names as `module.thing` must be in that module.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final

from tests.support.house import Source, read

PARAMETERS: Final = "docs/security-parameters.md"
CRITERIA: Final = "docs/safety-criteria.md"
FOLDERS: Final = ("docs", "reports", "webapp", "tests", "scripts", "requirements", ".ci")
ENDINGS: Final = (
    *(".py", ".html", ".css", ".js", ".toml", ".md", ".in", ".conf", ".cfg", ".json", ""),
)

_ANY: Final = re.compile(r"\.md\b|\bSP-\d|\bcriteri")
_PAPER: Final = re.compile(
    r"(?<![\w./*-])(?P<path>(?:[\w.-]+/)*[\w-]+\.md)\b"
    r"(?:#(?P<mark>[\w.-]*\w)|,?\s+sections?\s+(?P<section>\d+(?:\.\d+)*))?"
)
_NUMBER: Final = re.compile(r"(?<![\w#\"-])SP-\d+\.\d+")
_LIST: Final = re.compile(r"\bcriteri(?:on|a)\s+(\d+(?:(?:\s*,|\s+and|\s+to)\s+\d+)*)")
_DOTTED: Final = re.compile(r"`([a-z_]+)\.([A-Za-z_]+)(?:\.[A-Za-z_]+)*`")
_FILE_ENDINGS: Final = frozenset({"toml", "conf", "json", "html", "css", "js", "md", "py"})
_ID: Final = re.compile(r'<a id="([^"]+)"')
_HEADING: Final = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def marks_of(text: str) -> list[str]:
    """What can be cited in a paper: explicit ids, headings as addresses name them, sections."""
    headings = _HEADING.findall(text)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    sections = (match[0] for each in headings if (match := re.match(r"\d+(\.\d+)*", each)))
    return [*_ID.findall(text), *slugs, *(f"section {number}" for number in sections)]


def papers(root: Path) -> dict[str, frozenset[str]]:
    """Every paper of the repository, by its path, and what can be cited in it."""
    files = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    return {
        file.relative_to(root).as_posix(): frozenset(marks_of(file.read_text("utf-8")))
        for file in files
    }


def texts(root: Path) -> list[Source]:
    """All files in which somebody may cite, but for what others made."""
    on_top = [file for file in sorted(root.iterdir()) if file.is_file() and file.suffix in ENDINGS]
    named = [file for file in on_top if not file.name.startswith(".")]
    return [
        *(Source(PurePosixPath(file.name), file.read_text("utf-8")) for file in named),
        *read(root, FOLDERS, ENDINGS),
    ]


def citations_hold(source: Source, known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Each citation of `source` that leads nowhere."""
    if not _ANY.search(source.text):
        return
    prose = _prose(source)
    for match in _PAPER.finditer(prose):
        line, path = prose.count("\n", 0, match.start()) + 1, match["path"]
        found = next((name for name in _readings(source, path) if name in known), None)
        mark = match["mark"] or (f"section {match['section']}" if match["section"] else "")
        if found is None:
            yield f"{line}: there is no {path}"
        elif mark and mark not in known[found]:
            yield f"{line}: {found} has no {mark}"
    for number in _NUMBER.finditer(prose):
        if number.group() not in known.get(PARAMETERS, ()):
            yield f"{prose.count(chr(10), 0, number.start()) + 1}: there is no {number.group()}"
    for match in _LIST.finditer(prose):
        for criterion in re.findall(r"\d+", match[1]):
            if f"criterion-{criterion}" not in known.get(CRITERIA, ()):
                line = prose.count("\n", 0, match.start()) + 1
                yield f"{line}: there is no criterion {criterion}"


def modules_of(code: Iterable[Source]) -> dict[str, set[str]]:
    """What can be named in each module of the product, by its last name: every word in its code."""
    found: dict[str, set[str]] = {}
    for each in code:
        if each.below("reports/", "webapp/"):
            path = each.path
            stem = path.parent.name if path.name == "__init__.py" else path.stem
            # A package has what its modules have.
            for name in {stem, path.parent.name}:
                found.setdefault(name, set()).update(_words(each))
    return found


def named_things_exist(source: Source, modules: Mapping[str, set[str]]) -> Iterator[str]:
    """Each `module.thing` that a comment or docstring names and that is not there."""
    if not source.below("reports/", "webapp/"):
        return
    own = _words(source)
    strings = {
        node.value
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    prose = _prose(source)
    for match in _DOTTED.finditer(prose):
        first, second = match[1], match[2]
        if second in _FILE_ENDINGS or match.group().strip("`") in strings:
            continue
        if first in modules and first not in ("reports", "webapp"):
            there = second in modules[first] or (first in own and second in own)
        else:
            there = first in own or first in ("reports", "webapp", "tests", "docs")
        if not there:
            yield f"{prose.count(chr(10), 0, match.start()) + 1}: there is no {match.group()}"


def _words(source: Source) -> set[str]:
    """Every name in the code of a file."""
    found: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.update((node.asname or node.name).split("."))
    return found


def _readings(source: Source, path: str) -> tuple[str, str]:
    """A path as it is read from the root, and from the folder of the file that cites it."""
    return normpath(path), normpath(str(source.path.parent / path))


def _prose(source: Source) -> str:
    """What a file says to people, each line in its place: of Python, comments and docstrings."""
    if source.path.suffix != ".py" and not source.text.startswith("#!/usr/bin/env python"):
        return source.text
    lines = [""] * (source.text.count("\n") + 2)
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0]] = token.string.lstrip("# ")
    for node in source.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            for offset, line in enumerate(str(node.value.value).split("\n")):
                lines[node.lineno + offset] = line
    return "\n".join(lines[1:])
