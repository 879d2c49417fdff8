"""The command line, one command or two a file; `webapp.cli` puts them together."""
