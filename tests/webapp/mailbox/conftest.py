"""Amina has sent a report, whose mailbox the tests open."""

from __future__ import annotations

import pytest

from reports.intake.submit import Receipt
from tests.support.cast import Instance


@pytest.fixture
def receipt(app_instance: Instance) -> Receipt:
    """Amina has sent a report."""
    return app_instance.send()
