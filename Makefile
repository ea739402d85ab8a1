.DEFAULT_GOAL := help
SHELL := /bin/bash -eu -o pipefail
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip from the environment's own settings; --require-hashes refuses whatever the lock doesn't name.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --quiet --custom-compile-command "make lock"
LOCK := $(COMPILE) pyproject.toml --group build
PEERS := bench/peers/requirements

.PHONY: help install install-test install-browser run test bench lint format lock clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

install: $(VENV)/.run-installed ## the virtual environment in .venv, with hours-ledger in it

install-test: $(VENV)/.test-installed ## the same, with what the tests need

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV) || { echo "venv is missing: on Debian, apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.run-installed: requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-installed: requirements-test.lock $(VENV)/.run-installed
	$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

install-browser: ## Chromium, a Chinese font and wrk for the tests (Debian packages; as root)
	@tests/browser/install.sh

run: install ## prepare demo data (kept when run again) and serve it on http://127.0.0.1:8000
	@exec $(BIN)/hours-ledger demo --serve

lint: install-test ## style, types, arrows between packages, policy files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hours-ledger policy check
	$(BIN)/hours-ledger layout check

test: lint install-browser ## everything: lint, then all tests on SQLite, on PostgreSQL and in a browser
	$(BIN)/python -m pytest -n 2

bench: install-test ## speed as ratios measured side by side (ARGS=--quick for a first look)
	$(BIN)/python -m bench $(ARGS)

format: install-test ## put the sources into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## rewrite all locks (needs uv; UPGRADE=1 for newer versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) -o requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra test -c requirements.lock -o requirements-test.lock
	$(COMPILE) $(PEERS).in $(if $(UPGRADE),--upgrade) -o $(PEERS).lock

clean: ## remove the virtual environment and caches (var/, the data, stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
