"""Machine translation: a plug-in of this machine, named in the settings, or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from reports import translation
from reports.errors import NoTranslation, SettingsFaults
from reports.settings import Settings
from tests.support.engine import install


def test_without_a_setting_there_is_none() -> None:
    assert Settings.from_environ({}).translate is None


def test_an_engine_that_is_not_installed_is_named_at_the_start() -> None:
    with pytest.raises(SettingsFaults, match="WAYSIDE_TRANSLATE: no engine 'swallow'"):
        Settings.from_environ({"WAYSIDE_TRANSLATE": "swallow"})
    with pytest.raises(NoTranslation):
        translation.load("swallow")


def test_an_installed_engine_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch)
    assert "parrot" in translation.list_engines()
    assert Settings.from_environ({"WAYSIDE_TRANSLATE": "parrot"}).translate == "parrot"
    engine = translation.load("parrot")
    assert engine.translate("twee huizen", "nl", "en") == "two houses"
    with pytest.raises(NoTranslation):
        engine.translate("twee", "nl", "fr")


def test_argos_is_asked_for_the_installed_pair_of_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def way(other: SimpleNamespace) -> SimpleNamespace | None:
        made = SimpleNamespace(translate=lambda text: f"{text} in {other.code}")
        return made if other.code == "en" else None

    languages = [SimpleNamespace(code=code, get_translation=way) for code in ("nl", "en", "fr")]
    package, module = ModuleType("argostranslate"), ModuleType("argostranslate.translate")
    module.get_installed_languages = lambda: languages  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "argostranslate", package)
    monkeypatch.setitem(sys.modules, "argostranslate.translate", module)
    engine = translation.Argos()
    assert engine.translate("huis", "nl-BE", "en") == "huis in en"
    for source, target in (("nl", "fr"), ("ar", "en"), ("nl", "ar")):
        with pytest.raises(NoTranslation):
            engine.translate("huis", source, target)
