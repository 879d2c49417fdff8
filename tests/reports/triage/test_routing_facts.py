"""From answers to routing facts: what was not asked stays unknown."""

from __future__ import annotations

import pytest

from reports.intake.questions import COUNTRIES, FORMS, KINDS, REGIONS, complete
from reports.routing.country import Countries, load_all
from reports.triage.routing_facts import build_facts, propose_route
from tests.support.cast import NOW


@pytest.fixture(scope="module")
def countries() -> Countries:
    return load_all()


def test_every_answer_of_the_form_is_a_fact(countries: Countries) -> None:
    for country in COUNTRIES:
        for region in REGIONS:
            for form in FORMS:
                for kind in KINDS:
                    told = {"country": country, "region": region, "form": form, "kind": kind}
                    found = build_facts(complete(told), countries.space, NOW)
                    assert found.present_country == found.exploitation_country == country
                    assert (found.region, found.form) == (region, form)
                    assert found.kind == ("self" if kind == "unknown" else kind)
                    assert (found.police, found.at) == ("unknown", NOW)


def test_answers_of_another_time_do_not_stop_anybody(countries: Countries) -> None:
    found = build_facts({"country": "ATLANTIS", "danger": "yes"}, countries.space, NOW)
    assert (found.present_country, found.danger) == ("unknown", True)


def test_danger_puts_the_calls_in_front(countries: Countries) -> None:
    answers = complete({"country": "BE", "form": "labour", "danger": "yes"})
    assert propose_route(countries, answers, NOW).ids[:2] == ("be-police-101", "eu-112")


def test_a_skipped_question_takes_nobody_to_the_police(countries: Countries) -> None:
    route = propose_route(countries, complete({"country": "BE"}), NOW)
    assert route.ids == ("be-pag-asa",)
    assert "withheld" in route.flags


def test_a_person_affected_is_never_taken_to_the_police_by_silence(countries: Countries) -> None:
    route = propose_route(countries, complete({"country": "BE", "kind": "self"}), NOW)
    assert route.ids == ("be-pag-asa",)
    assert "withheld" in route.flags
