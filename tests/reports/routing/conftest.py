"""The country files of the product, loaded once, and a copy of them to break."""

import shutil
from pathlib import Path

import pytest

from reports.routing.country import DATA, Countries, load_all


@pytest.fixture(scope="session")
def countries() -> Countries:
    return load_all()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the country files, for a test to change."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    return copy
