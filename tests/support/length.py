"""Whether this is a run at length, as `make faults`, `make attack` and `make crawl` ask for."""

from __future__ import annotations

import os

import pytest

LONG = os.environ.get("WAYSIDE_TEST_LONG") == "1"
at_length = pytest.mark.at_length
"""What has no short form: left out of `make test` (tests/faults/conftest.py), not skipped in it."""
