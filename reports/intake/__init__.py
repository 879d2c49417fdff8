"""Intake: the form's questions, tokens and drafts, and storing the report that is sent."""
