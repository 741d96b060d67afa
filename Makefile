# StudioOps Maintenance. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Airflow imports three times as fast from byte code: compile at install, and let nobody forbid it.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup setup-dev chromium run once stop status test test-unit faults lint lock bench docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## Make .venv with the locked packages; gives .venv/bin/studioops

setup-dev: $(VENV)/.dev chromium

# A browser is no Python package: found, installed by root on Debian, or asked for in one line.
chromium: $(VENV)/.dev
	@$(BIN)/python -m docs.browser

run: setup ## Start everything, run the maintenance, show its report, serve until Ctrl-C
	@exec $(BIN)/studioops run

once: setup ## The same without serving: run the maintenance once and stop what it started
	@exec $(BIN)/studioops run --once

stop: setup ## Stop the local stack
	@exec $(BIN)/studioops down

status: setup ## Show the local stack
	@exec $(BIN)/studioops status

test: setup-dev ## Run the whole test suite, in three processes
	$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

test-unit: setup-dev ## Run the tests that need no server
	$(BIN)/python -m pytest tests/unit tests/architecture

faults: setup-dev ## Let every request fail and kill everything at every step (some hours)
	STUDIOOPS_FAULTS=all $(BIN)/python -m pytest tests/faults tests/integration/backups/test_spool.py tests/integration/bench

lint: setup-dev ## Check style, types, tiers and sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/architecture

lock: $(BIN)/uv ## Compile the locks from pyproject.toml (keeps pins that still fit)
	$(BIN)/uv pip compile -q $(COMPILE) pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q $(COMPILE) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q $(COMPILE) bench/requirements.in -o requirements-bench.txt
COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

bench: setup-dev $(VENV)-bench/.bench ## Measure side by side with what a user would use instead
	$(BIN)/python -m bench

docs: setup-dev ## Make the generated pages and pictures anew
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.picture

clean: ## Stop the stack and remove its data (asks), .venv and caches
	@[ ! -d .local ] || [ ! -x $(BIN)/studioops ] || $(BIN)/studioops down --delete-data
	rm -rf $(VENV) $(VENV)-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "make: $(PYTHON) is Python %d.%d; it takes 3.11, 3.12 or 3.13: make PYTHON=python3.12 ..." % v)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: this Python has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/.runtime: $(BIN)/uv requirements.txt pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode -r requirements-dev.txt
	@touch $@

# dbt conflicts with the lock: what a bench measures against and draws with lives by itself.
$(VENV)-bench/.bench: $(BIN)/uv requirements-bench.txt
	$(BIN)/python -m venv --without-pip $(VENV)-bench
	$(BIN)/uv pip install -q --python $(VENV)-bench/bin/python --require-hashes --compile-bytecode -r requirements-bench.txt
	@touch $@
