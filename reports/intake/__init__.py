"""From the first question to a stored report: tokens, questions, drafts, sending."""
