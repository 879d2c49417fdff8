"""A compiled catalogue that is broken: named at the start, with every other one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from webapp.catalogues import CatalogueFaults, check
from webapp.i18n import DOMAINS, FOLDER, Languages, load_languages
from webapp.site.app_services import get_services


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


@pytest.mark.parametrize(
    "damage", [b"", b"not a catalogue at all, only words", b"\xde\x12\x04\x95"]
)
def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path, damage: bytes) -> None:
    _write(tmp_path, "messages", {"Close": "Sluiten"})
    _write(tmp_path, "chapters", {"Yes": "Ja"}).write_bytes(damage)
    with pytest.raises(CatalogueFaults, match=r"nl/LC_MESSAGES/chapters\.mo: this is no compiled"):
        check([load_languages()["nl"]], tmp_path)


def test_a_catalogue_that_is_cut_off_is_named(tmp_path: Path) -> None:
    file = _write(tmp_path, "messages", {"Close": "Sluiten", "Start": "Begin"})
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(CatalogueFaults, match=r"messages\.mo"):
        check([load_languages()["nl"]], tmp_path)


def test_every_placeholder_that_is_invented_or_broken_is_named(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "chapters",
        {
            "For %(days)s days": "Voor %(dagen)s dagen",
            "Ask %(office)s.": "Vraag %(office)",
            "Call %(phone)s.": "Bel %(phone)s.",
            ("once more", "%(times)s times more"): ("nog eens", "nog %(times)s keer"),
        },
    )
    with pytest.raises(CatalogueFaults) as raised:
        check([load_languages()["nl"]], tmp_path)
    lines = str(raised.value).splitlines()
    assert len(lines) == 2
    assert "Ask %(office)s." in lines[0]
    assert "For %(days)s days" in lines[1]


def test_the_catalogues_of_the_product_are_whole_and_read_before_the_first_request(
    app: Flask,
) -> None:
    offered: Languages = get_services(app).languages
    check(offered.offered)
    compiled = [FOLDER / row.locale / "LC_MESSAGES" / "chapters.mo" for row in offered.offered]
    assert any(file.exists() for file in compiled)
    assert len(DOMAINS) == 4
