"""A database is of our revision, or it is refused with the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from reports.db import downgrade, get_head_revision, make_engine, require_head, upgrade
from reports.errors import NotFounded, SchemaMissing, SchemaNewer, SchemaOlder
from tests.support.revisions import read_all
from tests.support.second import PutNext

INIT = "run `flask --app wsgi init`"


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_database_url)
    yield engine
    engine.dispose()


def stamp(engine: Engine, revision: str) -> None:
    """As a version of Wayside leaves it that knows this revision."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_a_database_of_our_revision_is_taken(engine: Engine) -> None:
    require_head(engine)


def test_one_without_a_schema_is_refused(bare: Engine) -> None:
    with pytest.raises(SchemaMissing, match=f"no schema.*{INIT}"):
        require_head(bare)
    upgrade(bare)
    downgrade(bare, "base")
    with pytest.raises(SchemaMissing):
        require_head(bare)


def test_an_older_one_is_refused_and_named_with_ours(bare: Engine, put_next: PutNext) -> None:
    upgrade(bare)
    ours, needed = get_head_revision(), put_next()
    with pytest.raises(
        SchemaOlder, match=f"at revision {ours}, this Wayside needs {needed}: {INIT}"
    ):
        require_head(bare)
    upgrade(bare)
    require_head(bare)


@pytest.mark.parametrize("act", [require_head, upgrade], ids=["compared", "upgraded"])
def test_one_of_a_newer_wayside_is_refused_and_stays_as_it_is(
    engine: Engine, act: Callable[[Engine], None]
) -> None:
    stamp(engine, "9999")
    before = read_all(engine)
    with pytest.raises(
        SchemaNewer, match=f"at revision 9999.* newer Wayside.* {get_head_revision()}"
    ):
        act(engine)
    assert read_all(engine) == before


def test_whoever_handles_an_instance_without_init_handles_these_too() -> None:
    assert all(issubclass(kind, NotFounded) for kind in (SchemaMissing, SchemaNewer, SchemaOlder))


def test_asking_makes_no_file(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'nothing.db'}")
    with pytest.raises(SchemaMissing):
        require_head(engine)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["postgresql+psycopg:///x?host={}", "sqlite:///{}"])
def test_a_database_that_does_not_answer_is_neither(tmp_path: Path, url: str) -> None:
    engine = make_engine(url.format(tmp_path))
    with pytest.raises(OperationalError):
        require_head(engine)
