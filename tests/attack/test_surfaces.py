"""So many changed inputs to every surface, from a seed: nothing breaks, and each count is told.

`WAYSIDE_ATTACK_INPUTS` (for each surface), `WAYSIDE_ATTACK_SECONDS` (for each; 0: no end) and
`WAYSIDE_ATTACK_SEED` choose how many, how long and which. A finding is named by seed, surface and
number.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.surfaces import KEY_FILE, KEYS, SURFACES, Shot, make_shot
from tests.support.hostile_site import Target, build_target
from tests.support.office import Office
from tests.support.smime_key import SmimeKey
from webapp.site.app_services import get_services

INPUTS = int(os.environ.get("WAYSIDE_ATTACK_INPUTS") or 125_000)
SECONDS = float(os.environ.get("WAYSIDE_ATTACK_SECONDS") or 0)
SEED = int(os.environ.get("WAYSIDE_ATTACK_SEED") or secrets.randbelow(2**32))
MOST_FINDINGS = 20
"""After so many of one surface nobody reads the next."""

pytestmark = pytest.mark.filterwarnings(
    # Where a form breaks off, a file of it may be left to the collector: one in memory, or unnamed.
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Target]:
    """The site, with its beginning; keys of offices to be changed."""
    key = SmimeKey()
    KEYS[:] = [Office().certificate, key.certificate, key.certificate_pem()]
    made = build_target(tmp_path_factory.mktemp("surfaces"), sqlite_template)
    yield made
    get_services(made.app).engine.dispose()


@pytest.fixture(autouse=True)
def _the_server_stands() -> None:
    """No server runs here: the site is asked in this process, so that so many inputs fit."""


@pytest.mark.parametrize("surface", SURFACES)
def test_no_input_breaks_a_surface(
    target: Target, surface: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began, outcomes, findings = time.monotonic(), Counter[str](), []
    for number in range(INPUTS):
        if SECONDS and time.monotonic() - began > SECONDS:
            break
        shot = make_shot(SEED, surface, number, target)
        try:
            outcomes[shoot(target, shot, tmp_path)] += 1
        except Exception as problem:
            outcomes["finding"] += 1
            findings.append(f"seed {SEED}, {surface} {number}: {problem!r}"[:2_000])
            if len(findings) >= MOST_FINDINGS:
                break
    with capsys.disabled():
        told = ", ".join(f"{name}: {count}" for name, count in sorted(outcomes.items()))
        spent = time.monotonic() - began
        print(f"\n{surface}: {outcomes.total()} inputs in {spent:.0f} s, seed {SEED} ({told})")
    assert findings == []
    assert outcomes.total() > 0


def shoot(target: Target, shot: Shot, folder: Path) -> str:
    """Sends one input; returns how it was answered. Raises whatever is a finding."""
    if shot.request is not None:
        return str(target.ask(shot.who, shot.request, shot.headers))
    file = folder / "key"
    file.write_bytes(shot.file)
    target.begin_again()
    arguments = [each.replace(KEY_FILE, str(file)) for each in shot.arguments]
    done = target.app.test_cli_runner().invoke(args=arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert "Traceback" not in done.output, done.output
    return f"exit {done.exit_code}"


def test_an_input_is_the_same_for_the_same_seed_and_number(target: Target) -> None:
    for surface in SURFACES:
        one, again, other = (make_shot(1, surface, number, target) for number in (5, 5, 6))
        assert one == again, surface
        assert one != other, surface
