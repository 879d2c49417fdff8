"""An instance that serves a country which nobody has written a line of code for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from reports.db import begin_write
from reports.roster import bootstrap
from tests.support.cast import NOW, Instance
from tests.support.fourth_country import CODE, FOUR, add_country, copy_files
from webapp.site.app_services import get_services


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the product finds its countries in; the fourth is not there yet."""
    folder = copy_files(tmp_path)
    monkeypatch.setattr("reports.routing.country.DATA", folder)
    monkeypatch.setattr("webapp.DATA", folder)
    return folder


@pytest.fixture
def app(files: Path, make_app: Callable[..., Flask]) -> Flask:
    """An instance that serves all four countries, as it does where no setting says less."""
    add_country(files)
    return make_app()


@pytest.fixture
def app_instance(app: Flask) -> Iterator[Instance]:
    """It is founded; Bela supervises the fourth country's desk, Chidi is of another one."""
    parts = get_services(app)
    vault = parts.vault
    with parts.sessions() as session:
        begin_write(session)
        made = bootstrap.create_instance(session, vault, FOUR, NOW)
        session.commit()
        instance = Instance(session, vault, made.recovery_key)
        instance.accept(made.invitation, "Dana")
        for name, role, country in (("Bela", "supervisor", CODE), ("Chidi", "triager", "NL")):
            instance.accept(instance.invite(name, role, country), name)
        yield instance
