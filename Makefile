# Wayside's commands. `make run` starts it, `make test` checks it; both install what they need
# into .venv, pinned and checked by hash, and a second time take a moment.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
AT_LENGTH := tests/webapp/test_hostile_forms.py tests/webapp/mailbox/test_timing.py tests/reports/scrub \
  tests/browser/test_blanking.py
# Of make attack: the inputs for each of eight surfaces, the seconds for each (0: as long as it takes),
# and the seed (none: by chance).
INPUTS ?= 125000
SECONDS ?= 60
SEED ?=
CATALOGUES := $(wildcard webapp/translations/*/LC_MESSAGES/*.po)

.PHONY: help install run test faults attack crawl bench corpus lock clean

help:  ## say what the commands do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

install: $(VENV)/.run webapp/translations/.compiled  ## make .venv with what it takes to run

run: install  ## start the public site (127.0.0.1:8000, WAYSIDE_PORT), the desk (8001) and the worker
	@$(BIN)/python -m flask --app wsgi init
	@exec $(BIN)/python scripts/run

test: install $(VENV)/.test  ## check everything: style, types, catalogues, tests
	@exec scripts/test

faults: install $(VENV)/.test  ## kill -9, full disks, bad mail servers: nothing is lost (4 minutes)
	@WAYSIDE_TEST_LONG=1 exec $(BIN)/python -m pytest tests/faults

attack: install $(VENV)/.test  ## attack a served instance on this machine (half an hour; SECONDS=0: a million inputs)
	@WAYSIDE_TEST_LONG=1 WAYSIDE_ATTACK_INPUTS=$(INPUTS) WAYSIDE_ATTACK_SECONDS=$(SECONDS) \
	  WAYSIDE_ATTACK_SEED=$(SEED) exec $(BIN)/python -m pytest -o faulthandler_timeout=1800 \
	  tests/attack $(AT_LENGTH)

crawl: install $(VENV)/.test  ## look at every page in a browser, where make test takes a sample
	@WAYSIDE_TEST_LONG=1 exec scripts/test tests/browser/test_reach.py tests/browser/test_desk_reach.py

bench: install $(VENV)/.test  ## measure against references of the same minute (half an hour)
	@exec $(BIN)/python -m tests.bench

corpus: install  ## clean every file of DIR=folder as the site does, and say what came of it
	@exec $(BIN)/python scripts/corpus "$(DIR)"

lock: $(VENV)/.made  ## pin the newest versions that requirements/*.in and package.json allow
	@exec scripts/lock

clean:  ## remove what was installed or compiled; var/ (the reports) stays
	rm -rf $(VENV) node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f webapp/translations/.compiled webapp/translations/*/LC_MESSAGES/*.mo

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Wayside needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) \
	  || { echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.run: requirements/run.txt $(VENV)/.made
	@echo "Installing what Wayside needs ..."
	@$(PIP) -r requirements/run.txt
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PIP) -r requirements/test.txt
	@touch $@

webapp/translations/.compiled: $(CATALOGUES) scripts/catalogues $(VENV)/.run
	@$(BIN)/python scripts/catalogues compile
	@touch $@
