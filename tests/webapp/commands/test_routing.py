"""The commands `route` and `countries-check`, as programs that read and write lines."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.routing.country import DATA, load_all
from webapp.commands.routing import answer_lines

ROOT = Path(__file__).parents[3]
NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def answer(line: bytes, mode: str = "help") -> dict[str, object]:
    (text,) = answer_lines(load_all(), mode, [line], lambda: NOW)  # type: ignore[arg-type]  # both are modes
    assert "\n" not in text
    read = json.loads(text)
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"{", "no JSON"),
        (b"{}{}", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (b'"BE"', "no JSON object"),
        (b'{"age":"\xff"}', "not UTF-8"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"age":' + b"9" * 10_000 + b"}", "integer"),
        (b'{"age":"adult","age":"minor"}', "age: this fact is given twice"),
        (b'{"age":"old"}', 'age: this value is not known: "old"; allowed: adult, minor'),
        (b'{"danger":"yes"}', 'danger: this must be true or false: "yes"; allowed: true, false'),
        (b'{"at":"2027-03-10T11:00"}', "at: the offset is missing"),
        (b'{"colour":1}', "colour: there is no such fact: 1; allowed: present_country"),
        (b'{"\\ud800":1}', "there is no such fact"),
    ],
)
def test_a_bad_line_is_answered_with_its_error(line: bytes, words: str) -> None:
    assert words in str(answer(line)["error"])


def test_an_answer_holds_recipients_and_flags() -> None:
    assert answer(b'{"danger":true,"age":"adult"}') == {
        "recipients": [
            {
                "id": "eu-112",
                "rule": "eu-danger",
                "why": "Someone is in danger now. "
                "This number works in all countries of the European Union.",
                "source": "decision",
            }
        ],
        "flags": ["emergency_calls", "ask_country"],
    }


def run(command: str, *arguments: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command alone in a process of its own."""
    code = f"from webapp.commands.routing import {command}; {command}()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=text,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
        check=False,
    )


def test_route_answers_line_for_line_in_order_and_goes_on_after_an_error() -> None:
    pattern = [b'{"present_country":"NL","age":"adult"}', b"broken", b"", b'{"age":"adult"}']
    done = run("route", "--mode", "refer", text=b"\n".join(pattern * 1000))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 4000
    for position, line in enumerate(lines):
        kind = position % 4
        if kind == 0:
            assert [entry["id"] for entry in line["recipients"]] == ["nl-emm"]
        elif kind == 3:
            assert line == {"recipients": [], "flags": ["ask_country"]}
        else:
            assert list(line) == ["error"]


def test_countries_check_passes_and_warns_of_old_reviews() -> None:
    done = run("countries_check")
    assert done.returncode == 0, done.stdout
    assert b"stale: be.toml:39: facts.law_article: last reviewed on 2021-03-31" in done.stdout
    assert b"no faults; 4 files" in done.stdout


def test_countries_check_tells_first_what_the_law_changed_since() -> None:
    """A fact older than an event that touches it comes before every entry that is only old."""
    kinds = [line.split(":")[0] for line in run("countries_check").stdout.decode().splitlines()]
    told = [kind for kind in kinds[:-1] if kind in ("changed", "open", "stale")]
    assert told == sorted(told)
    assert {"changed", "open", "stale"} == set(told)


def test_countries_check_names_the_line_of_what_is_not_weighed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    file = folder / "nl.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = lines.index("[facts.reflection_period]")
    strength = lines.index('strength = "right"', at)
    del lines[strength]
    lines.insert(strength, 'changed_by = ["nl-nothing"]')
    paid = lines.index("[facts.allowance_paid_by]")
    reached = next(n for n in range(paid, len(lines)) if lines[n].startswith("contacts = "))
    lines[reached] = 'contacts = ["nl-nobody"]'
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run("countries_check", "--folder", str(folder))
    assert done.returncode == 1
    told = done.stdout.decode()
    assert f"nl.toml:{at + 1}: facts.reflection_period.strength: this key is missing" in told
    assert f"nl.toml:{strength + 1}: facts.reflection_period.changed_by: no event" in told
    assert f"nl.toml:{reached + 1}: facts.allowance_paid_by.contacts: no contact point" in told


def test_countries_check_names_every_fault_and_fails(tmp_path: Path) -> None:
    for path in DATA.glob("*.toml"):
        text = path.read_text(encoding="utf-8").replace('id = "be-danger"', 'id = "Be Danger"')
        (tmp_path / path.name).write_text(text.replace("order = 3", ""), encoding="utf-8")
    done = run("countries_check", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert b": emergency[danger].rules[Be Danger].id" in done.stdout
    assert b"fault: lu.toml: order: this key is missing" in done.stdout
