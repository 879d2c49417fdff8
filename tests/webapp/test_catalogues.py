"""A compiled catalogue that is broken: named at the start, and set aside with what needs it."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from webapp import catalogues
from webapp.catalogues import DOMAINS, FOLDER, find_faults, load_catalogue
from webapp.i18n import CHAPTERS, COUNTRIES, DESK, MESSAGES, Languages
from webapp.site.app_services import get_services

DAYS = (
    "Then your time to think is %(days)s day.",
    "Then your time to think is %(days)s days.",
)


def _write(folder: Path, domain: str, texts: dict[str | tuple[str, str], object]) -> Path:
    catalogue = Catalog(locale="nl", domain=domain)
    for english, translated in texts.items():
        catalogue.add(english, translated)  # type: ignore[arg-type]  # Babel takes both shapes
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    target = folder / "nl/LC_MESSAGES" / f"{domain}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(buffer.getvalue())
    return target


def _find(folder: Path, domain: str = "chapters") -> tuple[str, ...]:
    return find_faults("nl", domain, folder)


@pytest.mark.parametrize(
    "damage", [b"", b"not a catalogue at all, only words", b"\xde\x12\x04\x95", b"\xff" * 80]
)
def test_a_file_that_is_no_catalogue_is_named_and_translates_nothing(
    tmp_path: Path, damage: bytes
) -> None:
    _write(tmp_path, "chapters", {"Yes": "Ja"}).write_bytes(damage)
    (fault,) = _find(tmp_path)
    assert "nl/LC_MESSAGES/chapters.mo: this is no compiled" in fault
    assert load_catalogue("nl", "chapters", tmp_path).gettext("Yes") == "Yes"


def test_a_catalogue_that_is_cut_off_is_named(tmp_path: Path) -> None:
    file = _write(tmp_path, "messages", {"Close": "Sluiten", "Start": "Begin"})
    file.write_bytes(file.read_bytes()[:-20])
    assert "messages.mo" in _find(tmp_path, "messages")[0]


def test_every_placeholder_that_is_invented_or_broken_is_named(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "chapters",
        {
            "For %(days)s days": "Voor %(dagen)s dagen",
            "Ask %(office)s.": "Vraag %(office)",
            "Call %(phone)s.": "Bel %(phone)s.",
            "Half": "50 % van",
            DAYS: ("%(days)s dag", "%(dagen)s dagen"),
        },
    )
    lines = sorted(_find(tmp_path))
    assert len(lines) == 4
    assert DAYS[0] in lines[3]
    assert load_catalogue("nl", "chapters", tmp_path).gettext("Call %(phone)s.").startswith("Call")


def test_a_plural_that_is_whole_passes_and_one_without_a_form_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "chapters", {DAYS: ("een dag", "%(days)s dagen")})
    assert _find(tmp_path) == ()
    _write(tmp_path / "less", "chapters", {DAYS: ("%(days)s dag",)})
    assert "plural forms of" in _find(tmp_path / "less")[0]


DAMAGES: dict[str, object] = {
    "empty": b"",
    "cut off": -3,
    "not UTF-8": b"\xff",
    "missing": None,
    "a lost placeholder": ("%(", "%(x"),
}


def _damage(file: Path, how: object) -> None:
    whole = file.read_bytes()
    if how is None:
        file.unlink()
    elif isinstance(how, bytes):
        file.write_bytes(how * 64)
    elif isinstance(how, int):
        file.write_bytes(whole[:how])
    else:
        # Of the same length, so that the file stays a catalogue.
        at = whole.rindex(b"%(")
        file.write_bytes(whole[: at + 2] + b"X" + whole[at + 3 :])


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The catalogues of Dutch in a folder of their own, which the application reads."""
    folder = tmp_path / "nl/LC_MESSAGES"
    shutil.copytree(FOLDER / "nl/LC_MESSAGES", folder)
    given = catalogues._read
    fresh = cache(given.__wrapped__)
    monkeypatch.setattr(
        catalogues,
        "_read",
        lambda locale, domain, _folder: (
            fresh(locale, domain, tmp_path) if locale == "nl" else given(locale, domain, FOLDER)
        ),
    )
    load_catalogue.cache_clear()
    ready = [domain._ready for domain in (MESSAGES, CHAPTERS, COUNTRIES, DESK)]
    [kept.clear() for kept in ready]
    yield folder
    load_catalogue.cache_clear()
    [kept.clear() for kept in ready]


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("how", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_language_is_named_and_its_pages_are_whole_in_english(
    damaged: Path,
    make_app: Callable[..., Flask],
    caplog: pytest.LogCaptureFixture,
    domain: str,
    how: object,
) -> None:
    file = damaged / f"{domain}.mo"
    _damage(file, how)
    caplog.set_level(logging.ERROR)
    app = make_app()
    said = " ".join(record.getMessage() for record in caplog.records)
    spine = domain in ("messages", "countries")
    assert ("language=nl" in said) == spine
    assert how is None or f"file=nl/LC_MESSAGES/{domain}.mo" in said
    client = app.test_client()
    for code in ("1", "2", "b1", "bz", "4"):
        page = client.get(f"/nl/{code}", base_url="https://localhost")
        assert page.status_code == 200, code
        text = page.get_data(as_text=True)
        assert ('<html lang="en"' in text) == spine, code
        if spine or domain == "chapters":
            assert spine or code != "b1" or 'lang="en"' in text.partition("<body")[2]
    assert client.post("/nl/4", base_url="https://localhost", data={}).status_code < 500


def test_the_catalogues_of_the_product_are_whole(app: Flask) -> None:
    languages: Languages = get_services(app).languages
    assert languages.withheld == ()
    assert [
        fault
        for row in languages.offered
        for domain in DOMAINS
        for fault in find_faults(row.locale, domain)
    ] == []
    compiled = [FOLDER / row.locale / "LC_MESSAGES" / "chapters.mo" for row in languages.offered]
    assert any(file.exists() for file in compiled)
    assert len(DOMAINS) == 4
