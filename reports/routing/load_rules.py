"""Parses routing rules: blocks, conditions and effects."""

import re
from typing import cast

from reports.routing.reader import TomlTable
from reports.routing.rules import (
    FLAGS,
    TAKES,
    After,
    Condition,
    Conditions,
    DerivedFact,
    Rule,
    RuleBlock,
    RuleValue,
    Take,
)

PLACE = r"(decision|[A-Z]:\d+(-\d+)?|https://[^\s;]+)"
SOURCE = re.compile(rf"{PLACE}(; {PLACE})*")
RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_section(table: TomlTable, name: str) -> tuple[RuleBlock, ...]:
    """Reads the blocks of one section, in order."""
    return tuple(_read_block(block) for block in table.read_tables(name))


def read_derived(table: TomlTable) -> DerivedFact:
    """Reads a derived fact, with the cases in which it is true."""
    name = table.read_text("id")
    cases = tuple(_read_case(case) for case in table.read_tables("cases"))
    if not cases:
        table.note_fault("cases", "a derived fact needs at least one case")
    table.read_text("source")
    table.close()
    return DerivedFact(name, cases)


def _read_case(table: TomlTable) -> Conditions:
    conditions = _read_conditions(table)
    table.close()
    return conditions


def _read_block(table: TomlTable) -> RuleBlock:
    block = RuleBlock(
        id=table.read_text("id"),
        take=cast(Take, table.read_choice("take", TAKES)),
        rules=tuple(_read_rule(rule) for rule in table.read_tables("rules")),
    )
    if not block.rules:
        table.note_fault("rules", "a block needs at least one rule")
    table.close()
    return block


def _read_rule(table: TomlTable) -> Rule:
    rule = Rule(
        id=table.read_text("id"),
        when=_read_conditions(table),
        why=table.read_text("why"),
        source=table.read_text("source"),
        add=table.read_texts("add"),
        front=table.read_texts("front"),
        after=_read_after(table),
        drop=table.read_texts("drop"),
        flag=table.read_choices("flag", FLAGS),
    )
    if rule.id and not RULE_ID.fullmatch(rule.id):
        table.note_fault("id", "an id is lower-case words joined by hyphens")
    if rule.source and not SOURCE.fullmatch(rule.source):
        table.note_fault(
            "source", "a source is a guide (F:n), a page or the word decision, joined by '; '"
        )
    if not (rule.placed or rule.drop or rule.flag or table.read_flag("nobody", default=False)):
        table.note_fault("", "this rule does nothing; a rule that means nobody says nobody = true")
    table.close()
    return rule


def _read_after(table: TomlTable) -> After | None:
    if not table.has("after"):
        return None
    after = table.read_table("after")
    if after is None:
        return None
    read = After(anchor=after.read_text("anchor"), ids=after.read_texts("ids", optional=False))
    after.close()
    return read


def _read_conditions(table: TomlTable) -> Conditions:
    """Reads `when`: fact names to one value or a list of values. Absent, it always holds."""
    if not table.has("when"):
        return ()
    when = table.read_table("when")
    if when is None:
        return ()
    return tuple(Condition(fact, frozenset(_read_values(when, fact))) for fact in when.values)


def _read_values(when: TomlTable, fact: str) -> list[RuleValue]:
    value = when.read_value(fact)
    values = value if isinstance(value, list) else [value]
    if not values:
        when.note_fault(fact, "a condition needs at least one value")
    found: list[RuleValue] = []
    for item in values:
        if not isinstance(item, str | bool):
            when.note_fault(fact, f"a condition compares words or true and false, not {item!r}")
        elif item in found:
            when.note_fault(fact, f"{item!r} stands here twice")
        else:
            found.append(item)
    return found
