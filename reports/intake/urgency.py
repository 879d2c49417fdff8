"""How urgent a report is before anyone has read it, from its answers alone."""

from __future__ import annotations

from collections.abc import Mapping

NOW, HIGH, NORMAL, LOW = 3, 2, 1, 0


def urgency_of(answers: Mapping[str, str]) -> int:
    """3 when someone is in danger now, 2 for a child or a person affected, else 1.

    A doubtful age counts as a minor's (routing facts). 0 is never given by a machine: only staff
    may decide that a report can wait.
    """
    if answers.get("danger") == "yes":
        return NOW
    if answers.get("age") in ("minor", "doubtful") or answers.get("kind") == "self":
        return HIGH
    return NORMAL
