"""Reading rules: blocks, conditions and effects, as the country files write them."""

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

PLACE = r"(decision|[FB]:\d+(-\d+)?|https://[^\s;]+)"
SOURCE = re.compile(rf"{PLACE}(; {PLACE})*")
RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_section(table: TomlTable, name: str) -> tuple[RuleBlock, ...]:
    """The blocks of one section, in order."""
    return tuple(_read_block(block) for block in table.tables(name))


def read_derived(table: TomlTable) -> DerivedFact:
    """A fact that follows from others, with the cases in which it is true."""
    name = table.text("id")
    cases = tuple(_read_case(case) for case in table.tables("cases"))
    if not cases:
        table.fault("cases", "a derived fact needs at least one case")
    table.text("source")
    table.close()
    return DerivedFact(name, cases)


def _read_case(table: TomlTable) -> Conditions:
    conditions = _read_conditions(table)
    table.close()
    return conditions


def _read_block(table: TomlTable) -> RuleBlock:
    block = RuleBlock(
        id=table.text("id"),
        take=cast(Take, table.choice("take", TAKES)),
        rules=tuple(_read_rule(rule) for rule in table.tables("rules")),
    )
    if not block.rules:
        table.fault("rules", "a block needs at least one rule")
    table.close()
    return block


def _read_rule(table: TomlTable) -> Rule:
    rule = Rule(
        id=table.text("id"),
        when=_read_conditions(table),
        why=table.text("why"),
        source=table.text("source"),
        add=table.texts("add"),
        front=table.texts("front"),
        after=_read_after(table),
        drop=table.texts("drop"),
        flag=table.choices("flag", FLAGS),
    )
    if rule.id and not RULE_ID.fullmatch(rule.id):
        table.fault("id", "an id is lower-case words joined by hyphens")
    if rule.source and not SOURCE.fullmatch(rule.source):
        table.fault("source", "a source is F:n, B:n, a page or the word decision, joined by '; '")
    if not (rule.placed or rule.drop or rule.flag or table.flag("nobody", default=False)):
        table.fault("", "this rule does nothing; a rule that means nobody says nobody = true")
    table.close()
    return rule


def _read_after(table: TomlTable) -> After | None:
    if not table.has("after"):
        return None
    after = table.table("after")
    if after is None:
        return None
    read = After(anchor=after.text("anchor"), ids=after.texts("ids", optional=False))
    after.close()
    return read


def _read_conditions(table: TomlTable) -> Conditions:
    """`when`: fact names to one value or a list of values. Absent: always."""
    if not table.has("when"):
        return ()
    when = table.table("when")
    if when is None:
        return ()
    return tuple(Condition(fact, frozenset(_read_values(when, fact))) for fact in when.values)


def _read_values(when: TomlTable, fact: str) -> list[RuleValue]:
    value = when.value(fact)
    values = value if isinstance(value, list) else [value]
    if not values:
        when.fault(fact, "a condition needs at least one value")
    found: list[RuleValue] = []
    for item in values:
        if not isinstance(item, str | bool):
            when.fault(fact, f"a condition compares words or true and false, not {item!r}")
        elif item in found:
            when.fault(fact, f"{item!r} stands here twice")
        else:
            found.append(item)
    return found
