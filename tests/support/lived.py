"""An instance with a past: made-up reports in the states that a desk can show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

from reports.blobs.folder import Folder
from reports.db import begin_write
from reports.delivery.packet_content import ENGLISH
from reports.demo import timeline
from reports.demo.fates import EVERY, PORTAL
from reports.demo.instance import DemoInstance, confirm_offices
from reports.demo.stories import generate_reports
from reports.model import Report
from reports.routing.country import load_all
from reports.scrub.scrubber import Scrubber
from reports.settings import Settings
from tests.support.cast import NOW, Instance

SEED = 4
EMIL, FATOU = "Emil", "Fatou"


def place_on(instance: Instance, data_dir: Path, now: datetime = NOW) -> DemoInstance:
    """The cast with Emil, the second person of the desk be, Fatou, a liaison, and offices."""
    session = instance.session
    for name, role, country, contact_id in (
        (EMIL, "supervisor", "BE", None),
        (FATOU, "liaison", None, PORTAL),
    ):
        instance.accept(instance.invite(name, role, country, now, contact_id), name, now)
    countries = load_all()
    begin_write(session)
    confirm_offices(session, instance.vault, countries, now)
    session.commit()
    return DemoInstance(
        session=session,
        vault=instance.vault,
        settings=Settings.from_environ({"WAYSIDE_DATA_DIR": str(data_dir)}),
        countries=countries,
        store=Folder(data_dir / "blobs"),
        scrubber=Scrubber(data_dir),
        people={name: instance.keyring(name) for name in ("Bela", "Chidi", "Dana", EMIL)},
        first={"be": "Bela", "nl": "Chidi", "lu": "Dana", "elsewhere": "Dana"},
        words=lambda _contact: ENGLISH,
        random=Random(SEED),
    )


def live(
    place: DemoInstance,
    fates: Collection[str],
    with_files: Collection[str] = (),
    now: datetime = NOW,
) -> Mapping[str, Report]:
    """One report of each of `fates`. Few should keep their files, since cleaning takes time."""
    found = {}
    for made in generate_reports(len(EVERY), SEED):
        if made.fate.name in fates:
            files = made.files if made.fate.name in with_files else ()
            begin_write(place.session)
            sent = timeline.play(place, replace(made, files=files), now)
            place.session.commit()
            found[made.fate.name] = sent.report
    return found
