"""The desk's pages for triage: queue, report, findings, referral, deliveries and search."""
