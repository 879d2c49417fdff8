"""The taxonomy: whole, one for all, and strict about its files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reports.intake.taxonomy import DATA, DOORS, GROUPS, TAXONOMY, TaxonomyFaults, load
from reports.routing.country import load_all
from reports.routing.facts import FORMS

SOURCE = re.compile(r"[FB]:\d+(-\d+)?(; [FB]:\d+(-\d+)?)*|https://\S+")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in DATA.glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_signs_stand_in_the_four_groups_of_the_sources() -> None:
    assert tuple(group.id for group in TAXONOMY.groups) == GROUPS
    assert {sign.group for sign in TAXONOMY.signs} == set(GROUPS)


def test_every_door_asks_signs_of_every_group() -> None:
    for door in DOORS:
        assert {sign.group for sign in TAXONOMY.list_signs(door)} == set(GROUPS)


def test_only_staff_of_a_reception_centre_are_asked_what_only_they_can_see() -> None:
    own = {sign.id for sign in TAXONOMY.signs if sign.reception}
    assert len(own) == 8
    for door in DOORS:
        assert own.isdisjoint(sign.id for sign in TAXONOMY.list_signs(door))
    assert own < {sign.id for sign in TAXONOMY.list_signs("professional", reception=True)}


def test_forms_are_those_that_routing_knows() -> None:
    assert {form.id for form in TAXONOMY.forms} == set(FORMS)


def test_everything_says_where_it_comes_from() -> None:
    entries = (*TAXONOMY.groups, *TAXONOMY.signs, *TAXONOMY.forms, *TAXONOMY.sectors)
    assert [entry.id for entry in entries if not SOURCE.fullmatch(entry.source)] == []


def test_sentences_are_short_enough_for_a_tired_reader() -> None:
    signs = [words for sign in TAXONOMY.signs for words in sign.words.values()]
    assert [words for words in signs if len(words.split()) > 15] == []


def test_the_country_files_name_no_sign_or_sector_that_is_not_here() -> None:
    facts = load_all().common.facts
    for key, entries in (("signs", TAXONOMY.signs), ("risk_sectors", TAXONOMY.sectors)):
        if key in facts:
            named = facts[key].value
            assert isinstance(named, tuple)
            assert set(named) <= {entry.id for entry in entries}


def test_signs_chosen_are_shown_under_their_groups() -> None:
    rows = TAXONOMY.group_signs(["debt", "controlled", "papers_kept", "no_such_sign"])
    assert [(group.id, [sign.id for sign in signs]) for group, signs in rows] == [
        ("initial", ["controlled"]),
        ("practical", ["papers_kept", "debt"]),
    ]


def test_all_faults_of_both_files_are_named_at_once(folder: Path) -> None:
    replace(folder / "signs.toml", 'group = "physical"', 'group = "bodily"')
    replace(folder / "signs.toml", 'id = "debt"', 'id = "controlled"')
    replace(folder / "signs.toml", "reception = true", "reception = true\nself = 'You'")
    replace(folder / "work.toml", 'id = "begging"', 'id = "Begging"')
    replace(folder / "work.toml", 'words = "Night shop"', 'wrods = "Night shop"')
    with pytest.raises(TaxonomyFaults) as caught:
        load(folder)
    named = str(caught.value)
    for part in (
        "signs.toml: signs[injured].group: 'bodily' is not one of",
        "signs.toml: signs: 'controlled' stands there twice",
        "signs.toml: signs[sleeps_only].reception: ",
        "work.toml: forms: 'begging' is missing",
        "work.toml: forms[Begging].id: ",
        "work.toml: sectors[night_shops].words: this key is missing",
        "work.toml: sectors[night_shops].wrods: this key is not known",
    ):
        assert part in named


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"[[signs", None])
def test_a_file_that_cannot_be_read_is_named(folder: Path, damage: bytes | None) -> None:
    path = folder / "signs.toml"
    path.unlink() if damage is None else path.write_bytes(damage)
    with pytest.raises(TaxonomyFaults, match=r"signs\.toml"):
        load(folder)
