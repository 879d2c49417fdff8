"""The contact points: who is there, what must never be printed, which domains are the real ones."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reports.routing.country import DATA, Countries

IDS = """
be-police-101 be-reference-magistrate be-payoke be-pag-asa be-surya be-minor-ndako be-esperanto
be-esperanto-night be-myria be-samilia be-access-map be-federal-prosecutor be-djsoc be-nsso be-tsw
be-immigration-minteh be-fedasil be-guardianship be-icc-bureau be-expertise-network be-gams
benelux-secretariat be-stop-trafficking-line be-child-focus-116000
nl-police nl-112 nl-meld-misdaad-anoniem nl-comensha nl-care-coordinators nl-wegwijzer
nl-labour-inspectorate nl-kmar nl-emm nl-riec nl-national-prosecutor nl-ind nl-coa nl-jeugdzorg
nl-nidos nl-ministry-justice
lu-police-113 lu-police-victim-protection lu-police-organised-crime lu-police-direction
lu-police-youth lu-savteh lu-coteh lu-infotraite lu-stoptraite lu-minor-shelters lu-itm
lu-immigration lu-ona lu-mega lu-monitoring-committee lu-prosecutor-luxembourg
lu-prosecutor-diekirch
eu-112 eu-116000 eu-116006
be-rape-care be-sos-viol be-child-line-nl be-child-line-fr be-suicide-fr be-suicide-nl be-return
be-fairwork be-fund
nl-veilig-thuis nl-rape-care nl-child-line nl-suicide-line nl-victim-support nl-fund nl-fairwork
nl-fnv nl-iom
lu-child-line lu-crisis-line lu-rape-care lu-victim-support lu-fund lu-legal-aid
lu-medecins-du-monde
"""


def test_every_contact_point_is_there_once(countries: Countries) -> None:
    assert len(IDS.split()) == 85
    assert sorted(countries.contacts) == sorted(IDS.split())


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def test_incomplete_and_withdrawn_numbers_are_in_no_file(path: Path) -> None:
    digits = re.sub(r"[^0-9\n]", "", path.read_text(encoding="utf-8"))
    for number in ("3227330", "49976210", "703335678"):
        assert number not in digits
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\+352 ?24 ?71\b", text)
    assert "733 00 9" not in text


@pytest.mark.parametrize("contact_id", ["be-samilia", "lu-immigration"])
def test_whose_number_is_incomplete_has_none(countries: Countries, contact_id: str) -> None:
    assert countries.find_contact(contact_id).phones == ()


def test_the_secret_place_has_no_address(countries: Countries) -> None:
    for contact_id in ("be-esperanto", "be-esperanto-night"):
        contact = countries.find_contact(contact_id)
        assert (contact.visiting_address, contact.postal_address) == (None, None)
    assert not countries.find_contact("be-esperanto-night").public


def test_the_corrected_numbers_stand(countries: Countries) -> None:
    def numbers(contact_id: str) -> list[str]:
        return [phone.dial for phone in countries.find_contact(contact_id).phones]

    assert numbers("be-guardianship") == ["+3278154324"]
    assert numbers("be-stop-trafficking-line") == ["+3278055800"]
    assert numbers("lu-police-victim-protection") == ["+352244603220"]
    assert numbers("lu-infotraite") == ["+35227365646", "+352621316919", "+352621351884"]
    assert numbers("nl-labour-inspectorate") == ["+318005151", "+31703334444"]
    assert numbers("lu-police-113") == ["113"]


def test_only_the_real_sites_against_trafficking_are_linked(countries: Countries) -> None:
    """Look-alikes of these domains exist, so each is pinned to its contact point."""
    pinned = {
        "www.stophumantrafficking.be": {"be-stop-trafficking-line"},
        "www.stopmensenhandel.be": {"be-stop-trafficking-line"},
        "www.stoptraite.be": {"be-stop-trafficking-line"},
        "www.stoptraite.lu": {"lu-stoptraite"},
        "www.wegwijzermensenhandel.nl": {"nl-care-coordinators", "nl-wegwijzer"},
        "english.wegwijzermensenhandel.nl": {"nl-wegwijzer"},
    }
    found: dict[str, set[str]] = {}
    for contact in countries.contacts.values():
        for website in contact.websites:
            host = urlsplit(website).netloc
            assert website.startswith("https://")
            if re.search("traite|trafficking|mensenhandel", host):
                found.setdefault(host, set()).add(contact.id)
    assert found == pinned


def test_numbers_that_may_fail_abroad_say_so(countries: Countries) -> None:
    for contact in countries.contacts.values():
        for phone in contact.phones:
            special = re.match(r"\+(3278|32800|31800|31900)", phone.e164 or "")
            expected = "inside_only" if phone.short_code else "may_fail" if special else "works"
            assert phone.from_abroad == expected, contact.id


def test_the_police_of_luxembourg_are_never_named_by_number_alone(countries: Countries) -> None:
    contact = countries.find_contact("lu-police-113")
    assert contact.notes[0].startswith("This number is the police only inside Luxembourg.")


def test_words_for_people_carry_no_figures(countries: Countries) -> None:
    """Numbers belong to the data; a translator must never have to copy one."""
    for country in countries.by_code.values():
        words = [
            rule.why for blocks in country.sections.values() for b in blocks for rule in b.rules
        ]
        for contact in country.contacts.values():
            words += [contact.role, contact.police_told.reason, *contact.notes]
        for sentence in words:
            assert not re.search(r"\d", sentence), sentence


def test_words_for_people_are_short(countries: Countries) -> None:
    for contact in countries.contacts.values():
        for text in (contact.role, contact.police_told.reason, *contact.notes):
            for sentence in re.split(r"[.:?]\s", text):
                assert len(sentence.split()) <= 15, (contact.id, sentence)
    for country in countries.by_code.values():
        for blocks in country.sections.values():
            for block in blocks:
                for rule in block.rules:
                    for sentence in re.split(r"[.:;]\s", rule.why):
                        assert len(sentence.split()) <= 15, (rule.id, sentence)


def test_every_fact_is_sourced_and_a_count_has_its_unit(countries: Countries) -> None:
    units = {
        ("BE", "reflection_period"): (45, "days"),
        ("BE", "provisional_period"): (3, "months"),
        ("BE", "permit_period"): (6, "months"),
        ("NL", "reflection_period"): (3, "months"),
        ("NL", "reflection_period_dublin"): (30, "days"),
        ("NL", "permit_period"): (1, "years"),
        ("LU", "reflection_period"): (90, "days"),
        ("LU", "permit_period"): (6, "months"),
    }
    for (code, key), expected in units.items():
        fact = countries[code].facts[key]
        assert (fact.number, fact.unit) == expected
        assert fact.confidence == "high"
    with pytest.raises(TypeError):
        _ = countries["BE"].facts["reflection_document"].number


@pytest.mark.parametrize(
    ("contact_id", "abroad"),
    [
        ("be-payoke", "+32 3 201 16 90"),
        ("lu-itm", "+352 247-76100"),
        ("nl-comensha", "+31 33 448 11 86"),
        ("eu-112", ""),
    ],
)
def test_a_number_is_dialled_from_abroad_with_the_code_of_its_country(
    countries: Countries, contact_id: str, abroad: str
) -> None:
    assert countries.find_contact(contact_id).phones[0].abroad == abroad


def test_mobile_phones_and_free_calls_are_what_the_numbers_say(countries: Countries) -> None:
    for contact in countries.contacts.values():
        for phone in contact.phones:
            if contact.public:
                assert phone.mobile == phone.dial.startswith("+352621"), contact.id
            if re.match(r"\+(31800|32800)", phone.dial):
                assert phone.free, contact.id
