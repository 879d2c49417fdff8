"""Checks of routing rules: unsatisfiable conditions, blocks without a default, unknown contact
points.

Whether a rule can ever apply is decided by trying every combination of the facts that its block
mentions, where the section is used. The space is finite and small.
"""

from collections.abc import Iterator
from itertools import product

from reports.routing.facts import ELSEWHERE
from reports.routing.faults import FileFault
from reports.routing.load import CountryFile
from reports.routing.rules import (
    REFER_ONLY,
    Condition,
    Conditions,
    DerivedFact,
    Rule,
    RuleBlock,
    RuleValue,
    fits,
)

Space = dict[str, tuple[RuleValue, ...]]
"""Fact names to all their possible values."""


class RuleCheck:
    """The checks of one section of one file."""

    def __init__(
        self,
        file: CountryFile,
        section: str,
        values: Space,
        derived: dict[str, DerivedFact],
        faults: list[FileFault],
    ) -> None:
        self.file = file
        self.section = section
        self.base = values
        self.derived = derived
        self.values = values | dict.fromkeys(derived, (False, True))
        self.faults = faults

    def note_fault(self, key: str, sentence: str) -> None:
        self.faults.append(FileFault(self.file.file, f"{self.section}{key}", sentence))

    def check_contacts(self, blocks: tuple[RuleBlock, ...], known: dict[str, bool]) -> None:
        """Checks that every contact point in the rules exists and may be shown where the section is
        used."""
        for block in blocks:
            for rule in block.rules:
                key = f"[{block.id}].rules[{rule.id}]"
                for name in (
                    *rule.placed,
                    *rule.drop,
                    *((rule.after.anchor,) if rule.after else ()),
                ):
                    if name not in known:
                        self.note_fault(key, f"there is no contact point {name!r}")
                    elif not self.section.endswith("refer") and not known[name]:
                        self.note_fault(key, f"{name!r} is not public and cannot be shown here")

    def check_block(self, block: RuleBlock, earlier: tuple[RuleBlock, ...]) -> None:
        """Checks that conditions are valid, every rule can apply, and a "first" block has a default
        rule."""
        key = f"[{block.id}]"
        sound = True
        for rule in block.rules:
            for condition in rule.when:
                sentence = self._bad(condition)
                if sentence:
                    sound = False
                    self.note_fault(f"{key}.rules[{rule.id}].when.{condition.fact}", sentence)
        if not sound:
            return
        if block.take == "first" and not any(not rule.when for rule in block.rules):
            self.note_fault(
                key, "this block takes the first rule that fits, but no rule fits always"
            )
        acting = self._acting(block)
        for position, rule in enumerate(block.rules):
            if rule.id not in acting:
                self.note_fault(f"{key}.rules[{rule.id}]", self._why_never(rule))
            self._check_effects(rule, earlier, block.rules[:position], key)

    def _bad(self, condition: Condition) -> str:
        if not self.section.endswith("refer") and self._needs(condition.fact) & set(REFER_ONLY):
            return "only rules of refer may ask for this fact"
        return find_condition_fault(condition, self.values)

    def _needs(self, name: str) -> set[str]:
        """Returns the basic facts that a fact depends on: itself, unless it is derived."""
        if name not in self.derived:
            return {name}
        return {condition.fact for case in self.derived[name].cases for condition in case}

    def _check_effects(
        self, rule: Rule, earlier: tuple[RuleBlock, ...], before: tuple[Rule, ...], key: str
    ) -> None:
        """Notes dropped contact points and anchors that no earlier rule can have placed."""
        placed = {name for block in earlier for other in block.rules for name in other.placed}
        placed |= {name for other in before for name in other.placed}
        for name in (*rule.drop, *((rule.after.anchor,) if rule.after else ())):
            if name not in placed:
                self.note_fault(f"{key}.rules[{rule.id}]", f"nothing before it can place {name!r}")

    def _acting(self, block: RuleBlock) -> set[str]:
        """Returns the ids of the rules that apply in at least one situation."""
        acting: set[str] = set()
        for situation in self._situations([rule.when for rule in block.rules]):
            acting |= {rule.id for rule in block.select_rules(situation)}
            if len(acting) == len(block.rules):
                break
        return acting

    def _why_never(self, rule: Rule) -> str:
        if any(fits(rule.when, situation) for situation in self._situations([rule.when])):
            return "this rule can never act: the rules before it take every situation"
        return "this rule can never act: its conditions contradict each other or this section"

    def _situations(self, cases: list[Conditions]) -> Iterator[dict[str, RuleValue]]:
        """Yields every combination of the mentioned facts that can occur where this section is
        used."""
        mentioned = {condition.fact for case in cases for condition in case}
        needed = {name for name in mentioned if name in self.derived}
        facts = {fact for name in mentioned for fact in self._needs(name)}
        places = {"present_country", "exploitation_country"}
        if facts & places:
            facts |= places
        names = sorted(facts)
        for combination in product(*(self.base[name] for name in names)):
            situation = dict(zip(names, combination, strict=True))
            if facts & places and not self._used(situation):
                continue
            for name in needed:
                situation[name] = self.derived[name].holds(situation)
            yield situation

    def _used(self, situation: dict[str, RuleValue]) -> bool:
        """Whether this section is used for the two places of the situation."""
        real = set(self.base["present_country"]) - set(ELSEWHERE)
        present, exploited = situation["present_country"], situation["exploitation_country"]
        first = present if present in real else exploited if exploited in real else None
        if self.section.startswith("always"):
            return True
        if self.section == "emergency":
            return present not in real if self.file.common else present == self.file.code
        if self.section.startswith("second"):
            return first != exploited and exploited == self.file.code and first is not None
        return first is None if self.file.common else first == self.file.code


def find_condition_fault(condition: Condition, values: Space) -> str:
    """Returns what is wrong with a condition, or ""."""
    if condition.fact not in values:
        return f"there is no fact {condition.fact!r}"
    allowed = values[condition.fact]
    kinds = {type(value) for value in allowed}
    wrong = [
        value for value in condition.allowed if type(value) not in kinds or value not in allowed
    ]
    if wrong:
        words = ", ".join(repr(value) for value in sorted(wrong, key=repr))
        return f"{words} is not a value of {condition.fact}, so this can never match"
    return ""
