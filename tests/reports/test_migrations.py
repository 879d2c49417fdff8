"""Revisions: what is released stands still, and each goes up and down over data on both engines.

A new revision needs a line in `RELEASED`, one in `SAID`, and in `SAMPLES` the rows that it makes
possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from reports import db
from reports.model import Base
from tests.support.revisions import LEDGER, list_revisions, prove, read_all, statements_of
from tests.support.samples import SAMPLES

RELEASED = {
    "0001": "58f5ad9d16417cbf342c89687eb1c9343255732f2c26478e3f981abc338de083",
    "0002": "c20980935672d2819ee6aac2ca6e1b8a586b6f09b581706979f599ffdabe3a3a",
    "0003": "7ec53a4230ad75be69a3333074ee5402106166d58ad399a8020f15a525b29d08",
    "0004": "57e5d0692b3bdbf2dec7965e3aa3a50200ad67e3d247d8afc0235380a93f2fc7",
    "0005": "da7084c31842e357827deb18920dc53898e1b26a117de4bce70d621981374c8d",
    "0006": "676d108f9fda2b5abc096d06702e38e4b896c25e9e6b2d27d512c8118f507110",
    "0007": "d918227cc8cfab3e4489e5ee004ceb271744f4608cf697961770e5a2f0e63284",
    "0008": "06cc8e8d164e7bacc1f6eeb9b5a9b18287f51666edd1427c4cd309ff6ad38556",
    "0009": "8aa7ee2e855e57de734f974bcde515fd50357d8b3fc9de571618a3e5d15f98f4",
    "0010": "92a04ca4dc89623f005d0dc331e4efa2224fe77dc8995b2c2182ed9832dfdaff",
    "0011": "013b977f20432d9186e8d847611a3286966ac4a60dc202722659a6d20207325f",
    "0012": "8a0bb8c8bc123ce7f3ba2db91fd4affbfcec9e71e7d48fb415926b2181aa2c9f",
    "0013": "e4798bdc6bb4bcfc2c4660963da3667d462689255af634d42121a711a64876f6",
    "0014": "045e6c10e7cf31318d5d02e9d9d79015d79c368a519d45aa7d8d26aa2a922088",
}
"""The SHA-256 of each revision's file. Databases have been through it: what is to change now is a
revision of its own."""
SAID = {
    "0001": {
        "sqlite": "361228e121a876ead2860ed1c7586fcfad7f2af1e6814ec581fd6501c90c7538",
        "postgresql": "d2f1e5a2f6e1fcbb33743dbb804145342fef922a24f3526a739dee3a819e4fbc",
    },
    "0002": {
        "sqlite": "da141c9cadc3ee401fc52699c396ccc12af4583a60341cfcd3b8065c36eb3b92",
        "postgresql": "5b9d1a0a9c0b6c16f00d431307fd00524e9bff3fac7d481984f27ee27071b6cf",
    },
    "0003": {
        "sqlite": "f13099db5f79ea05ebf0282f3ea87be76a7cde84962168e4bb85dc8252bb8b4f",
        "postgresql": "17946c28c6f696b0274740a5fe6365b406de2645a34ed777f75b78f0c26b9df7",
    },
    "0004": {
        "sqlite": "568183d9df488a43fc4aba1d8511d401ed0ce44c845eddaa7eac300ab484c899",
        "postgresql": "672ee2d481dbd23952273776613eb902edc05d36b2867b4a54ceac3ae79cd56c",
    },
    "0005": {
        "sqlite": "5e5e60c6d6454099b1ba2f6a7ccb6d5a09ac31f021ee2a2508840c193c707129",
        "postgresql": "7ab73c376e3b0ddc700dadaf5bcfe2b5c9ce504c319527b0abd24cff5952eae1",
    },
    "0006": {
        "sqlite": "1b4afa96f51a07911c4cf507294f8bc149372b6f20f0fecf70b2365ce707d961",
        "postgresql": "5ba307843b46b5a2a417b047ce6d5b38f0e837ca65e79077b158eca631c88cef",
    },
    "0007": {
        "sqlite": "1523b646713adf37d0082709fc8a66c26b39582089e69bbe2c80f1b8c7ef2b90",
        "postgresql": "8c08173a4f9cedd2ce8d85e6cbfb5ee50e7e876c363b14412ae58e40a097cc0a",
    },
    "0008": {
        "sqlite": "c88929721a08bace1dcb447733cfee7df340468ba52fddd58a48a302a14f98b7",
        "postgresql": "670c89eb107624eaa2c36a8c6d5304a43df2d737223aaa39cd385478dc318f34",
    },
    "0009": {
        "sqlite": "be5520ffc3c19f08ee0e2150b99cf09118e2f89fb37c9a9d38bb1fea0dc5f709",
        "postgresql": "396ee5bce5eb6fb7904ab9c4e0f3c8540fb7a3930e0b3c362a2a24adf521b8de",
    },
    "0010": {
        "sqlite": "ac4daef4746beef2b0cde52135cd5d8b7e04dc98fa41b8deea4d7761415a8999",
        "postgresql": "f55c87965338861655ae9e7aba7e6341028482549560fae2e70b5b2771dac954",
    },
    "0011": {
        "sqlite": "3a2297d2999ab7316a20f9a5e1aabc8868db2e937898b8e7835d315953e6ff6d",
        "postgresql": "35c937d2952aa53d2ed97a96dc9ccd79aa98ef5cb6f547bc4f40e0af76c860b9",
    },
    "0012": {
        "sqlite": "92b0ece9b67d087c4ae366faab8186261835ed0b6cd452644b28cc43e024d8d3",
        "postgresql": "01950bfba5fce4f0b13a22142be6131291bcaa054c07c4431280bda323826127",
    },
    "0013": {
        "sqlite": "f347d918aaff1ddf475d7e7deb32a2514f84bad59f4632154f2dee9988c2f2b0",
        "postgresql": "0d372df2aa862f3f4dc49aac4c6bc64990249ae670f740271994e8e45e2f6f29",
    },
    "0014": {
        "sqlite": "d6db3495c9a324b55d586fa7e2111712d152fd30d5ec2966d7b9262b861c5587",
        "postgresql": "72f4e8489bf6b5dd28d6736a0222a6ae2e50910883abc78b684a7d8748a3b589",
    },
}
"""The SHA-256 of what each revision says to an empty database: a file that stands still would say
something else if a column type that it imports did."""


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Engine]:
    engine = db.make_engine(bare_database_url)
    yield engine
    engine.dispose()


def checks(engine: Engine) -> dict[str, dict[str, str]]:
    """The CHECKs of every table, which alembic does not compare."""
    return {
        table: {
            str(check["name"]): check["sqltext"]
            for check in inspect(engine).get_check_constraints(table)
        }
        for table in Base.metadata.tables
    }


def test_a_released_revision_stands_still() -> None:
    files = {script.revision: Path(script.path) for script in list_revisions()}
    hashes = {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    assert hashes == RELEASED
    assert set((db.MIGRATIONS / "versions").glob("[!_]*.py")) == set(files.values())


def test_revisions_stand_in_one_line_under_their_numbers() -> None:
    scripts = list_revisions()
    numbers = [f"{number:04}" for number in range(1, len(scripts) + 1)]
    assert [script.revision for script in scripts] == numbers
    assert [script.down_revision for script in scripts] == [None, *numbers[:-1]]
    assert db.get_head_revision() == numbers[-1]
    for script in scripts:
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)


def test_a_released_revision_says_to_a_database_what_it_always_said(bare: Engine) -> None:
    said = {
        script.revision: sha256("\n".join(statements_of(bare, script.revision)).encode())
        for script in list_revisions()
    }
    assert {name: digest.hexdigest() for name, digest in said.items()} == {
        name: hashes[bare.dialect.name] for name, hashes in SAID.items()
    }


def test_every_revision_goes_up_and_down_and_up_over_data(bare: Engine) -> None:
    prove(bare, SAMPLES)
    kept = read_all(bare)
    with Session(bare) as session:
        for mapper in Base.registry.mappers:
            rows = session.scalars(select(mapper.class_)).all()
            assert len(rows) == len(kept[mapper.local_table.name])
            assert rows, "no sample of this table"


def test_the_newest_revision_is_what_the_models_say(bare: Engine) -> None:
    db.upgrade(bare)
    db.upgrade(bare)
    with bare.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert set(inspect(bare).get_table_names()) == {*Base.metadata.tables, LEDGER}
    migrated = checks(bare)
    db.downgrade(bare, "base")
    assert inspect(bare).get_table_names() == [LEDGER]
    Base.metadata.create_all(bare)
    assert migrated == checks(bare)
