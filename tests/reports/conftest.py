"""What several tests of the domain begin with: a place with files, an empty database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reports.db import make_engine, upgrade
from reports.scrub.scrubber import Scrubber
from tests.support.cast import Instance
from tests.support.filed import Place
from tests.support.working import Workplace


@pytest.fixture
def empty(bare_database_url: str) -> Iterator[Engine]:
    """An empty database, once on each engine."""
    engine = make_engine(bare_database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def place(
    instance: Instance, engine: Engine, tmp_path: Path, store_settings: Mapping[str, str]
) -> Place:
    """An instance with a marked store of files, once for each engine and kind of store."""
    work = Workplace.at(instance, engine, tmp_path / "var")
    return Place(work, store_settings, Scrubber(tmp_path))
