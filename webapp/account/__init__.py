"""Accounts of staff: setting up, signing in and out, passwords, language."""
