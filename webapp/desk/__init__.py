"""Shared by the desk's pages: labels, formats, errors, downloads, and asking for the password
again."""
