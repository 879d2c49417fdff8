"""The rules about names: verbs for functions, nouns for modules, one name for one class.

They read syntax alone, as the rules of `tests/support/house.py` do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from tests.support.house import Source

_VERBS: Final = """
accept acquire act add advance agree allow answer append apply ask assess assign attach attempt
begin bind block build calculate change chase check choose claim clean close collect compact
compare complete compose compress compute confirm continue convert correct count cover create cut
decide declare decode delete deliver derive describe detect disable discard downgrade download draw
drop dump encode encrypt end enqueue enrol enter erase execute explain export extract fail fence
filter find finish fit fits fold follow forget format from gather generate get give grant group
grow guard hand has hash hear hit holds init invite is issue join keep label leave limit list load
lock log look make mark match matches may measure merge move name needs negotiate normalise note
notify open order overwrite pack pad parse pause pin play prepare propose provide publish purge put
read receive recommend record recover redirect refer refresh refuse register release remember
remove render renew reopen repeat replace reply requeue require reseal reset restore resume retry
rotate round run save say seal search select send serve set settle share shorten show shrink sign
skip sort split stamp start stop store strip submit suggest suppress take tell touch translate try
uncover undo unpack unpad unwrap update upgrade upsert verify watch weigh withdraw wrap write
"""
VERBS: Final = frozenset(_VERBS.split())
"""What a public function's name may begin with; a verb that is missing is put in with its use."""
KNOWN_AS: Final = frozenset(
    (
        # What Python and gettext call them; as `datetime.now`; "with transaction()" reads well.
        *("main", "N_", "now", "transaction"),
        # As "with transaction()" does: "with acting_on(id) as (act, report)".
        *("acting", "acting_on", "working_on"),
        # Of a file, and of SQLAlchemy's types.
        *("seek", "readline", "tell"),
        # What asyncio asks a policy for.
        "new_event_loop",
        # What asyncio calls of a protocol, and a protocol of its transport.
        *("connection_made", "connection_lost", "data_received", "eof_received", "writelines"),
        # What psycopg calls before every answer.
        "wait",
        *("process_bind_param", "process_result_value", "load_dialect_impl"),
    )
)
NOUNS: Final = frozenset(
    ("finding", "keyring", "padding", "routing", "sealing", "wording", "wrapping")
)
"""Modules that end as a participle does and are a term of the field, or a table's."""
MIGRATIONS: Final = "reports/migrations/"


def functions_begin_with_a_verb(source: Source) -> Iterator[str]:
    """Public functions and methods; a property is a noun, a command is called as it is typed."""
    if not source.below("reports/", "webapp/") or source.below(MIGRATIONS):
        return
    bodies = [source.tree.body]
    bodies += [node.body for node in source.tree.body if isinstance(node, ast.ClassDef)]
    for node in (node for body in bodies for node in body if isinstance(node, ast.FunctionDef)):
        made = [ast.unparse(decorator) for decorator in node.decorator_list]
        if any("property" in name or name.startswith("click.command") for name in made):
            continue
        verb = node.name.split("_")[0]
        if not node.name.startswith("_") and node.name not in KNOWN_AS and verb not in VERBS:
            yield f"{node.lineno}: {node.name} does not begin with a verb"


def modules_are_nouns(source: Source) -> Iterator[str]:
    """A bare participle (asked, sending) does not say of what."""
    stem = source.path.stem
    bare = stem.endswith(("ing", "ed")) and "_" not in stem and stem not in NOUNS
    if bare and source.below("reports/", "webapp/"):
        yield f"{stem} is a bare participle"


def find_doubled_classes(sources: Iterable[Source]) -> Iterator[str]:
    """Classes of one name in two places: an import would not say which one is meant."""
    found: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(source.path))
    yield from (f"{name}: {', '.join(at)}" for name, at in sorted(found.items()) if len(at) > 1)
