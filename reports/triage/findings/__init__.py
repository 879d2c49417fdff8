"""Findings of staff about a report, sealed to the desk: corrections, assessments, identifiers."""
