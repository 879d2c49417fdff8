"""What tests of the work on a report stand on."""

from __future__ import annotations

import pytest

from tests.support.cast import Instance
from tests.support.office import DJSOC, Office


@pytest.fixture
def office(app_instance: Instance) -> Office:
    """A contact point of the police that anybody can write to."""
    made = Office(DJSOC)
    made.confirm(app_instance)
    return made
