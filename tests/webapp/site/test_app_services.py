"""The parts of an application: all under one key, the keys loaded once and when needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from reports.errors import NotFounded
from reports.vault import Vault
from tests.support.web import put_services
from webapp.site.app_services import KEY, Services, get_services


def test_our_parts_stand_under_one_key_beside_those_of_libraries(app: Flask) -> None:
    assert set(app.extensions) == {KEY, "babel", "htmx"}
    assert isinstance(app.extensions[KEY], Services)


def test_two_applications_have_parts_of_their_own(make_app: Callable[..., Flask]) -> None:
    one, other = make_app(), make_app()
    assert get_services(one).engine is not get_services(other).engine
    with one.app_context():
        assert get_services() is get_services(one)


def test_the_keys_are_loaded_once_and_only_after_the_founding(app: Flask, tmp_path: Path) -> None:
    put_services(app, load_vault=lambda: Vault.load(tmp_path / "empty"))
    services = get_services(app)
    with pytest.raises(NotFounded):
        _ = services.vault
    Vault.create(tmp_path / "empty")
    assert services.vault is services.vault
