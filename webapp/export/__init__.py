"""Exports the information pages as files, for a plain web server to serve identically."""
