"""Machine translation on this server, by an engine that the deployer installs; off by default.

An engine is a plug-in: an entry point of the group `wayside.translation` that gives an object with
`translate(text, source, target)`. `WAYSIDE_TRANSLATE` names it. Wayside brings an adapter for
Argos Translate (`argos`), which works offline. No text leaves the machine by us, and none is kept:
whoever writes a plug-in promises the same.
"""

from __future__ import annotations

import importlib
import importlib.util
from importlib.metadata import entry_points
from typing import Any, Final, Protocol

from reports.errors import NoTranslation

GROUP: Final = "wayside.translation"
ARGOS: Final = "argos"
_PACKAGE: Final = "argostranslate"


class TranslationEngine(Protocol):
    """What a plug-in gives."""

    def translate(self, text: str, source: str, target: str) -> str:
        """`text` in the language `target`; both are language tags such as "nl".

        Raises `NoTranslation` for a pair of languages that the engine does not know.
        """


class Argos:
    """Argos Translate with the language packages that are installed on this machine."""

    def __init__(self) -> None:
        self._argos: Any = importlib.import_module(f"{_PACKAGE}.translate")

    def translate(self, text: str, source: str, target: str) -> str:
        """As `Engine.translate`."""
        installed = {each.code: each for each in self._argos.get_installed_languages()}
        one, other = (installed.get(tag.split("-")[0]) for tag in (source, target))
        way = one.get_translation(other) if one and other else None
        if way is None:
            raise NoTranslation(f"{source} -> {target}")
        return str(way.translate(text))


def list_engines() -> tuple[str, ...]:
    """The engines that are installed."""
    found = {point.name for point in entry_points(group=GROUP)}
    if importlib.util.find_spec(_PACKAGE):
        found.add(ARGOS)
    return tuple(sorted(found))


def load(name: str) -> TranslationEngine:
    """The engine of this name. Raises `NoTranslation` when it is not installed."""
    for point in entry_points(group=GROUP, name=name):
        made: TranslationEngine = point.load()()
        return made
    if name == ARGOS and importlib.util.find_spec(_PACKAGE):
        return Argos()
    raise NoTranslation(name)
