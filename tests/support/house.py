"""The rules of the house as functions: each takes one file and says what breaks the rule.

A rule reads text or syntax, never the running program, so that it holds for code no test runs.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

LONGEST_FILE = 400
SHORTEST_FILE = 40
LONGEST_VIEW = 25
MOST_PARAMETERS = 5
WEB_LIBRARIES = {"flask", "werkzeug", "flask_babel", "htmx_flask", "jinja2", "gunicorn", "webapp"}
PURE = ("reports.routing", "reports.errors")
COMMITTERS = ("webapp/site/db.py", "webapp/cli.py", "webapp/commands/", "reports/worker.py")
ASSEMBLERS = (
    "webapp/__init__.py",
    "webapp/site/app_services.py",
    "tests/support/web.py",
    "tests/webapp/site/test_app_services.py",
)
SCHEMA_MOVERS = ("reports/migrations/", "reports/db.py", "reports/backup/older.py")
"""The last of them in a database of its own, which it throws away."""
CHANNEL_KNOWERS = ("reports/delivery/channels/", "reports/demo/")
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "service", "services"}
VAGUE |= {"repository", "repositories", "manager", "managers"}
OTHER_WORDS = {
    # docs/glossary.md#not-said: where no second meaning makes the word right.
    "submission", "ticket", "whistleblower", "informant", "codename", "tenant", "inbox",
    "moderation", "moderator", "agency", "addressee", "cleanup",
}  # fmt: skip
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip
WORKER = ("reports/worker.py", "reports/worker_process.py")
ROUTES = {"route", "get", "post"}
SHARED = ("webapp.site", "webapp.wording")
BELOW = {
    "webapp/site/": ("webapp.site", "webapp.i18n", "webapp.config"),
    "webapp/wording/": ("webapp.wording", "webapp.site", "webapp.i18n", "webapp.config"),
}
"""What the shared rooms of the web side may import of it."""
IMPORTS = (ast.Import, ast.ImportFrom)
SILENCE = re.compile(r"(type:\s*ignore(\[.*?\])?|noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?)")
SMALL = re.compile(r"^Small on purpose: \w+ \w+", re.MULTILINE)
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
COUNTRY_WORDS = re.compile(
    r"\b(?:BE|NL|LU)\b|(?i:belgi|netherland|luxemb|benelux|flander|brussel|walloni)"
)
COUNTRY_WRITERS = ("reports/territory.py", "reports/migrations/")
COUNTRY_CHAPTER = re.compile(r"webapp/templates/info/chapters/\w+/[a-z]{2}\.html")
OTHERS = frozenset({"vendor", "__pycache__"})


@dataclass(frozen=True)
class Source:
    """One file: its path inside the repository, and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All of the tree: nearly every rule looks through all of it."""
        return tuple(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The dotted name of a module."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def below(self, *places: str) -> bool:
        """Whether the file is, or lies below, one of `places`."""
        return any(str(self.path) == p or str(self.path).startswith(p) for p in places)

    def comments(self, wanted: re.Pattern[str]) -> Iterator[tuple[int, str]]:
        """Line and text of each comment, or of each line where it is not Python; none if `wanted`
        is nowhere in the file."""
        if not wanted.search(self.text):
            return
        if self.path.suffix != ".py":
            yield from enumerate(self.text.splitlines(), 1)
            return
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module, also those in functions: line and dotted name."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield node.lineno, base
                for alias in node.names:
                    yield node.lineno, f"{base}.{alias.name}"

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


Rule = Callable[[Source], Iterator[str]]


def inside(module: str, *packages: str) -> bool:
    """Whether `module` is one of `packages` or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def the_domain_knows_no_web(source: Source) -> Iterator[str]:
    if source.below("reports/"):
        for line, module in source.imports():
            if module.split(".")[0] in WEB_LIBRARIES:
                yield f"{line}: imports {module}"


def routing_is_pure(source: Source) -> Iterator[str]:
    if source.below("reports/routing/"):
        for line, module in source.imports():
            own = inside(module, *PURE) or inside("reports.errors", module)
            if not own and module.split(".")[0] not in sys.stdlib_module_names:
                yield f"{line}: imports {module}"


def blueprints_stand_alone(source: Source, blueprints: frozenset[str]) -> Iterator[str]:
    """A blueprint imports no other; shared modules import none, but for the assembly."""
    if source.path.parts[0] != "webapp" or str(source.path) == "webapp/__init__.py":
        return
    own = source.path.parts[1]
    for line, module in source.imports():
        parts = module.split(".")
        if parts[0] == "webapp" and len(parts) > 1 and parts[1] in blueprints - {own}:
            yield f"{line}: imports {module}"


def shared_rooms_lie_below(source: Source) -> Iterator[str]:
    """What every page stands on imports nothing that stands on it."""
    for room, allowed in BELOW.items():
        if source.below(room):
            for line, module in source.imports():
                if inside(module, "webapp") and module != "webapp" and not inside(module, *allowed):
                    yield f"{line}: imports {module}"


def find_blueprints(sources: Iterable[Source]) -> frozenset[str]:
    """The folders of the web side that make a blueprint, but for what all pages stand on."""
    return frozenset(
        source.path.parts[1]
        for source in sources
        if source.below("webapp/") and len(source.path.parts) > 2 and "Blueprint(" in source.text
        if not inside(source.name, *SHARED)
    )


def few_commit(source: Source) -> Iterator[str]:
    if not source.below("reports/", "webapp/") or source.below(*COMMITTERS, *SCHEMA_MOVERS):
        return
    for node in source.nodes:
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ("commit", "begin"):
            yield f"{node.lineno}: calls .{called.attr}()"


def parts_stand_under_one_key(source: Source) -> Iterator[str]:
    """What an application is made of is typed: `get_services()`, and no key of `extensions`."""
    if not source.below("webapp/", "tests/") or source.below(*ASSEMBLERS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "extensions":
            yield f"{node.lineno}: reads .extensions"


def imports_stand_at_the_top(source: Source) -> Iterator[str]:
    if not any(isinstance(node, IMPORTS) and node.col_offset for node in source.nodes):
        return
    for function in source.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for node in ast.walk(function):
                if isinstance(node, IMPORTS):
                    yield f"{node.lineno}: imports inside {function.name}"


def the_domain_is_told_the_time(source: Source) -> Iterator[str]:
    if not source.below("reports/") or source.below(*WORKER):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else None
            owner = node.value.id if isinstance(node.value, ast.Name) else owner
            if (owner, node.attr) in CLOCKS:
                yield f"{node.lineno}: reads {owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if ("time", alias.name) in CLOCKS:
                    yield f"{node.lineno}: imports time.{alias.name}"


def views_are_short(source: Source) -> Iterator[str]:
    if source.path.parts[0] != "webapp":
        return
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(map(_is_route, node.decorator_list)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_VIEW:
                yield f"{node.lineno}: {node.name} has {lines} lines"


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTES
    )


def functions_take_few_parameters(source: Source) -> Iterator[str]:
    """What belongs together is one object. A reason for more stands as a comment on the line of the
    `def`, or on the line above it."""
    if not source.below("reports/") or source.below(*SCHEMA_MOVERS):
        return
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = node.args
            every = (*told.posonlyargs, *told.args, *told.kwonlyargs)
            count = sum(each.arg not in ("self", "cls") for each in every)
            if count > MOST_PARAMETERS and not _has_reason(source, node.lineno):
                yield f"{node.lineno}: {node.name} takes {count} parameters"


def _has_reason(source: Source, line: int) -> bool:
    reasons = (text for at, text in source.comments(re.compile("#")) if at in (line - 1, line))
    return any(len(re.findall(r"\w{3,}", text)) > 1 for text in reasons)


def files_are_short(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    # A migration is never split afterwards: it stands as it was run.
    if lines > LONGEST_FILE and not source.below("reports/migrations/versions/"):
        yield f"{lines} lines"


def small_files_have_a_reason(source: Source) -> Iterator[str]:
    """A file of few lines says why it is no part of another: a seam for the counter is none."""
    lines = source.text.count("\n")
    product = source.below("reports/", "webapp/") and not source.below("reports/migrations/")
    if not product or source.path.name == "__init__.py" or lines >= SHORTEST_FILE:
        return
    if not SMALL.search(ast.get_docstring(source.tree) or ""):
        yield f"{lines} lines, and its docstring gives no reason"


def names_say_what_is_inside(source: Source) -> Iterator[str]:
    for part in source.path.parts:
        if part.split(".")[0].lower() in VAGUE:
            yield f"{part} says nothing"


def names_use_the_words_of_the_house(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            words = re.findall(r"[A-Z]?[a-z]+", node.name)
            for word in sorted({word.lower() for word in words} & OTHER_WORDS):
                yield f"{node.lineno}: {node.name} says {word!r}"


def channels_are_asked(source: Source) -> Iterator[str]:
    """What differs between channels is said by their classes, never by a comparison elsewhere."""
    if not source.below("reports/", "webapp/") or source.below(*CHANNEL_KNOWERS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Compare):
            named = {getattr(each, "attr", getattr(each, "id", "")) for each in ast.walk(node)}
            told = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
            if "channel" in named and any(isinstance(each, str) for each in told):
                yield f"{node.lineno}: compares a channel with {sorted(map(str, told))}"


def modules_say_what_they_are_for(source: Source) -> Iterator[str]:
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield "no docstring"


def silence_has_a_reason(source: Source) -> Iterator[str]:
    for number, comment in source.comments(SILENCE):
        match = SILENCE.search(comment)
        if match and not re.search(r"\w{3}", comment[match.end() :]):
            yield f"{number}: {match.group()} without a reason beside it"


def nothing_is_left_for_later(source: Source) -> Iterator[str]:
    for number, comment in source.comments(LATER):
        if LATER.search(comment):
            yield f"{number}: {comment.strip()}"


def pages_hold_no_code(source: Source) -> Iterator[str]:
    """No script, style or handler inside a template: the Content-Security-Policy refuses them."""
    text = re.sub(r"{#.*?#}", "", source.text, flags=re.DOTALL)
    for pattern, what in (
        (r"<script(?![^>]*\bsrc=)", "an inline script"),
        (r"<style\b", "an inline style sheet"),
        (r"<[a-z][^>]*\sstyle\s*=", "a style attribute"),
        (r"<[a-z][^>]*\s(on[a-z]+|hx-on[^\s=]*)\s*=", "an event attribute"),
        (r"javascript:", "a javascript: address"),
    ):
        if re.search(pattern, text, flags=re.IGNORECASE):
            yield what


def only_territory_knows_countries(source: Source) -> Iterator[str]:
    """No code, name or region of a country stands in the product: the country files hold them.

    A language tag such as "nl" is no country. Docstrings and comments may speak of countries, and
    so may released migrations, `reports/territory.py`, and the countries' own chapters.
    """
    if not source.below("reports/", "webapp/") or source.below(*COUNTRY_WRITERS):
        return
    if source.path.suffix == ".html":
        if not COUNTRY_CHAPTER.fullmatch(str(source.path)):
            text = re.sub(r"{#.*?#}", "", source.text, flags=re.DOTALL)
            yield from (f"says {found}" for found in COUNTRY_WORDS.findall(text))
        return
    spoken = {
        id(node.value)
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in source.nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in spoken
        ):
            for found in COUNTRY_WORDS.findall(node.value):
                yield f"{node.lineno}: says {found}"


CODE_RULES: tuple[Rule, ...] = (
    the_domain_knows_no_web,
    routing_is_pure,
    shared_rooms_lie_below,
    few_commit,
    parts_stand_under_one_key,
    imports_stand_at_the_top,
    the_domain_is_told_the_time,
    views_are_short,
    functions_take_few_parameters,
    names_use_the_words_of_the_house,
    channels_are_asked,
    modules_say_what_they_are_for,
    small_files_have_a_reason,
    silence_has_a_reason,
    only_territory_knows_countries,
)
TEXT_RULES: tuple[Rule, ...] = (
    files_are_short,
    names_say_what_is_inside,
    nothing_is_left_for_later,
)


def read(root: Path, folders: tuple[str, ...], endings: tuple[str, ...]) -> list[Source]:
    """The files below `folders` with one of `endings`, but for what others made."""
    found = [file for folder in folders for file in sorted((root / folder).rglob("*"))]
    return [
        Source(PurePosixPath(file.relative_to(root)), file.read_text(encoding="utf-8"))
        for file in found
        if file.is_file() and file.suffix in endings and not OTHERS.intersection(file.parts)
    ]
