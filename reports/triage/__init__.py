"""Triage: the queue, reading and answering reports, notes, findings, routing and referral."""
