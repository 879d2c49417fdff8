"""The act of the process that looks through texts: `reports.scrub.child` loads it there alone.

Small on purpose: what the library of phone numbers would load country by country is loaded here,
because that process can open no file once it has given up its rights.
"""

from __future__ import annotations

import phonenumbers

from reports.triage.match_task import look_through

__all__ = ["look_through"]

phonenumbers.PhoneMetadata.load_all()
