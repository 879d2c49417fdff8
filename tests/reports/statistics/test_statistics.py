"""What a closed report leaves is counted, survives the report, and is published once."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reports import retention
from reports.act import Act
from reports.db import begin_write
from reports.errors import PublicationRefused, StatisticRefused
from reports.model import Publication, Report, Statistic
from reports.statistics import collection, publication, tally
from reports.statistics.suppress import SUM, K
from reports.statistics.tally import YearCounts
from reports.triage import report_reader, status
from tests.support.cast import NOW, Instance

NEXT_YEAR = NOW + timedelta(days=366)


def closed(
    instance: Instance, said: dict[str, str] | None = None, by: str = "Bela", **answers: str
) -> Report:
    """A report that somebody reads two days later and closes."""
    report = instance.report(instance.send(**answers))
    session, vault, bela = instance.session, instance.vault, instance.keyring(by)
    later = NOW + timedelta(days=2)
    begin_write(session)
    act = Act(session, vault, bela, later)
    report_reader.record_opening(act, report)
    opened = report_reader.read(session, vault, report, bela)
    collection.collect(act, report, opened.answers or {}, said or {})
    status.close(act, report, "Nothing.")
    session.commit()
    return report


def counts(instance: Instance, name: str = "Bela", year: int = NOW.year) -> YearCounts:
    rows = collection.read_year(instance.session, instance.vault, instance.keyring(name), year)
    return tally.count(facts for _row, facts in rows)


def publish(instance: Instance, year: int = NOW.year) -> None:
    begin_write(instance.session)
    publication.publish(instance.act("Bela", NEXT_YEAR), year, counts(instance, year=year))
    instance.session.commit()


def test_a_closed_report_is_counted_by_its_facts_and_by_what_staff_said(instance: Instance) -> None:
    closed(instance, {"sex": "female", "origin": "outside", "ending": "no_wish"}, form="sexual")
    found = counts(instance)
    assert found.total == 1
    assert found.tables["form"]["sexual"]["BE"] == 1
    assert found.tables["sex"]["female"]["BE"] == 1
    assert found.tables["origin"]["outside"]["BE"] == 1
    assert found.tables["ending"]["no_wish"]["BE"] == 1
    assert sum(sum(row.values()) for row in found.tables["age"].values()) == 1


def test_what_nobody_said_counts_as_not_known(instance: Instance) -> None:
    closed(instance, by="Dana", country="other")
    found = counts(instance, "Dana")
    assert found.tables["sex"]["unknown"]["unknown"] == 1
    assert found.tables["ending"]["too_little"]["unknown"] == 1


def test_a_value_that_there_is_not_is_refused_by_its_field(instance: Instance) -> None:
    with pytest.raises(StatisticRefused) as refusal:
        closed(instance, {"sex": "violet"})
    assert refusal.value.field == "sex"
    instance.session.rollback()


def test_the_count_stays_when_the_report_is_erased_and_has_no_link_to_it(
    instance: Instance,
) -> None:
    report = closed(instance, form="begging")
    ids = {report.id.bytes, report.id.hex.encode()}
    begin_write(instance.session)
    assert retention.purge_due(instance.session, instance.vault, NEXT_YEAR)
    instance.session.commit()
    assert counts(instance).tables["form"]["begging"]["BE"] == 1
    row = instance.session.scalars(select(Statistic)).one()
    assert row.id.bytes not in ids
    assert b"begging" not in row.sealed


def test_a_desk_does_not_see_what_another_one_counts(instance: Instance) -> None:
    closed(instance)
    assert counts(instance, "Chidi").total == 0


def test_a_row_that_was_changed_is_told_apart_and_not_counted(instance: Instance) -> None:
    closed(instance)
    closed(instance)
    row = instance.session.scalars(select(Statistic)).first()
    assert row
    instance.session.execute(
        update(Statistic).where(Statistic.id == row.id).values(year=NOW.year - 1)
    )
    instance.session.commit()
    assert counts(instance).total == 1
    assert counts(instance, year=NOW.year - 1).damaged == 1


def test_the_median_of_days_needs_enough_reports(instance: Instance) -> None:
    for _ in range(K - 1):
        closed(instance)
    assert counts(instance).medians["read_days"] is None
    closed(instance)
    assert counts(instance).medians["read_days"] == 2
    assert counts(instance).medians["answer_days"] is None


def test_a_year_is_published_once_when_it_is_over_and_without_small_numbers(
    instance: Instance,
) -> None:
    for _ in range(6):
        closed(instance)
    closed(instance, form="organs")
    publish(instance)
    [year] = publication.list_published(instance.session, instance.vault)
    assert year.tables["form"]["organs"]["BE"] is None
    assert year.tables["form"]["labour"]["BE"] is None, "7 - 6 would tell the other"
    assert year.tables["form"][SUM][SUM] == 7
    with pytest.raises(PublicationRefused, match="there"):
        publish(instance)
    instance.session.rollback()
    with pytest.raises(PublicationRefused, match="not_over"):
        publish(instance, NEXT_YEAR.year)
    instance.session.rollback()


def test_what_was_changed_in_the_database_is_not_shown_as_published(instance: Instance) -> None:
    for _ in range(5):
        closed(instance)
    publish(instance)
    instance.session.execute(update(Publication).values(tables=Publication.tables + " "))
    assert publication.list_published(instance.session, instance.vault) == []


def test_csv_and_json_say_the_same_and_leave_hidden_numbers_out(instance: Instance) -> None:
    for _ in range(5):
        closed(instance)
    closed(instance, form="organs")
    publish(instance)
    years = publication.list_published(instance.session, instance.vault)
    rows = list(csv.DictReader(io.StringIO(publication.format_csv(years))))
    told = json.loads(json.dumps(publication.build_json(years)))
    assert told["hidden_below"] == K
    [year] = told["years"]
    for row in rows:
        if row["value"] != "median":
            number = year["tables"][row["dimension"]][row["value"]][row["country"]]
            assert row["reports"] == ("" if number is None else str(number))
    hidden = [row for row in rows if row["value"] == "organs" and row["country"] == "BE"]
    assert [row["reports"] for row in hidden] == [""]
