"""Triage: the queue, reading a report, its status, notes, replies, the route and the referral."""
