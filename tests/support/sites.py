"""The fixtures of tests that ask a running instance over HTTPS; a plug-in of the tests.

What takes seconds to make and is only copied (a founded instance, one with staff, one with reports)
is made once for all workers of the run.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.site import Site, flask, found
from tests.support.tls import (
    TARGET_HOST,
    Certificate,
    HttpsServer,
    TargetHandler,
    make_certificate,
)

People = dict[str, dict[str, Any]]
"""By name what somebody of the staff signs in with."""
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def exit_target(certificate: Certificate) -> Iterator[HttpsServer]:
    """The site that the exit leads to, on another origin; `seen` holds what reached it."""
    server = HttpsServer(TARGET_HOST, certificate, TargetHandler)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """A folder for all workers, filled by the first: `once("founded", fill)`, `fill(folder)`."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, begun = root / f"once-{name}", root / f"once-{name}.begun"
        with (root / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                fill(begun)
                begun.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def founded_data_dir(once: Once) -> Path:
    """A data folder after `init`, for each site to get a copy of."""
    return once("founded", lambda folder: found(folder / "var")) / "var"


@pytest.fixture
def make_site(
    tmp_path: Path, certificate: Certificate, exit_target: HttpsServer, founded_data_dir: Path
) -> Iterator[Callable[..., Site]]:
    """Start an instance over HTTPS: `make_site(WAYSIDE_SMTP_URL=...)`, as many as needed."""
    sites: list[Site] = []

    def make(founded: Path = founded_data_dir, **settings: str) -> Site:
        data_dir = tmp_path / f"var{len(sites)}"
        exit_url = f"{exit_target.url}/"
        site = Site(data_dir, certificate, exit_url, settings, founded)
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def make_staffed(
    once: Once, founded_data_dir: Path, make_site: Callable[..., Site]
) -> Callable[..., tuple[Site, People]]:
    """The same with staff and, of the demonstration, new reports: `make_staffed(9)`.

    All those with as many reports begin with the same data; each goes on alone.
    """

    def fill(reports: int, folder: Path) -> None:
        shutil.copytree(founded_data_dir, folder / "var")
        asked = ("--reports", str(reports), "--seed", "1", "--new", "--json")
        environ = {**os.environ, "WAYSIDE_DATA_DIR": str(folder / "var")}
        (folder / "told.json").write_text(flask(environ, "demo", *asked).stdout)

    def make(reports: int = 0, **settings: str) -> tuple[Site, People]:
        folder = once(f"staffed-{reports}", partial(fill, reports))
        told = json.loads((folder / "told.json").read_text())
        people = {person["name"]: person for person in told["staff"]}
        return make_site(folder / "var", **settings), people

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """An instance over HTTPS with the default settings."""
    return make_site()


@pytest.fixture(scope="session")
def shared_site(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate, founded_data_dir: Path
) -> Iterator[Site]:
    """One instance for all tests that only read or leave: what they change is in the browser.

    It leads to `shared_target`.
    """
    target = HttpsServer(TARGET_HOST, certificate, TargetHandler)
    data_dir = tmp_path_factory.mktemp("shared") / "var"
    site = Site(data_dir, certificate, f"{target.url}/", {}, founded_data_dir)
    site.target = target
    yield site
    site.stop()
    target.stop()


@pytest.fixture
def shared_target(shared_site: Site) -> HttpsServer:
    """Where the exit of `shared_site` leads; `seen` begins empty."""
    assert shared_site.target
    shared_site.target.seen.clear()
    return shared_site.target
