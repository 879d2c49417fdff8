"""Counts that name nobody: the desk's page of a year, and the page for everybody."""
