# One verb per deed. `make` alone lists them. People and CI call the same verbs.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-setup check lint fix engine bench bench-http bench-graph migration soak docs screenshot lock

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --no-emit-index-url --no-header
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/pytest -q
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
# Counts are set in tests/conftest.py, and the time for requests in tests/clients/invented.py. A law may
# take long, so no stack is printed for it.
SOAK := $(PYTEST) -n auto --dist worksteal --hypothesis-profile=soak -o faulthandler_timeout=0
# Images forbid Python to keep what it compiled; here each command that a test starts, and each of the
# engine's programs, would compile Django and everything else anew: two seconds of every four.
unexport PYTHONDONTWRITEBYTECODE
# Tests of these kinds start other programs; the rest answers in seconds.
FAST := -m "not browser and not engine and not slow"

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.run ## make .venv and install what a run needs
	@:

run: setup ## serve pages and API on 127.0.0.1, with the sample at first start; PORT=8000
	@$(MANAGE) serve --port $(PORT)

test: test-setup lint ## install what the tests need, then lint, types, contracts and every test
	@echo "== tests on SQLite"
	$(BIN)/coverage erase
	env -u DATABASE_URL $(PYTEST) $(PARALLEL) --cov --cov-report= -m "not strict"
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --include='dcim/actions/*,dcim/graph/*,dcim/planning/*' --fail-under=96
	@echo "== tests of the database again, on PostgreSQL"
	$(BIN)/python -m tests.setup.postgresql $(PYTEST) $(PARALLEL) --database -m "not browser and not engine and not once"

test-setup: $(VENV)/.dev ## install what the tests need: PostgreSQL, Chromium, gettext, the Pulumi engine
	@$(BIN)/python -m tests.setup.packages
	@$(BIN)/python -m tests.setup.browser
	@$(BIN)/python -m tests.setup.guest
	@$(MAKE) --no-print-directory engine

check: $(VENV)/.dev lint ## format, lint, types, contracts, migrations, OpenAPI and the fast tests
	env -u DATABASE_URL $(PYTEST) $(PARALLEL) $(FAST)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

fix: $(VENV)/.dev ## format, repair what ruff can, regenerate docs/openapi.json and the translations
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .
	$(MANAGE) spectacular --format openapi-json --file docs/openapi.json
	$(MANAGE) makemessages --locale id --no-location --no-obsolete
	$(MANAGE) compilemessages --locale id

engine: setup ## find or build the Pulumi engine
	@$(BIN)/python -m provisioning engine

bench-graph: $(VENV)/.dev ## measure the dependency graph of a nation of 514 regencies
	$(BIN)/python -m tests.bench.graph

migration: $(VENV)/.dev ## write the initial migration anew after a change of models
	$(BIN)/python -m tests.setup.initial_migration

bench: $(VENV)/.dev ## measure the deeds that users wait for
	$(BIN)/pytest -q -s -p no:randomly -o python_files='bench_*.py' tests/bench

bench-http: $(VENV)/.dev ## measure lists and objects over HTTP, on 10,000 devices and 50,000 machines
	$(BIN)/python -m tests.bench.http

soak: $(VENV)/.dev ## thousands of invented cases per law, writes on both databases, the whole API: about 50 minutes
	@echo "== laws, sequences of writes and requests on SQLite: about 35 minutes on two quiet cores"
	env -u DATABASE_URL $(SOAK) -m "hypothesis or soak"
	@echo "== sequences of writes on PostgreSQL: about 15 minutes"
	$(BIN)/python -m tests.setup.postgresql $(SOAK) -m "(hypothesis and not slow) or soak" --database

docs: $(VENV)/.dev ## check the docs: links, examples, and that nothing is left out
	$(PYTEST) --doctest-glob='*.md' docs README.md tests/architecture/test_docs.py

screenshot: $(VENV)/.dev ## take docs/images/home.png from the running product
	$(BIN)/python -m tests.setup.screenshot docs/images/home.png

lock: $(VENV)/.bootstrap ## resolve the locks anew after a change of dependencies in pyproject.toml
	echo 'uv' | $(COMPILE) - --no-annotate --upgrade --output-file requirements/bootstrap.txt
	$(COMPILE) pyproject.toml --extra server --extra provisioning --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --all-extras --constraint requirements/run.txt --output-file requirements/dev.txt

# Files in .venv say what has been installed; a second call finds them newer than the locks.
$(VENV)/.bootstrap: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Lumbung needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Name a newer one: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. Run: sudo apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.run: requirements/run.txt $(VENV)/.bootstrap
	@echo "Installing $$(grep -c '==' requirements/run.txt) packages"
	@$(UV) -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(BIN)/python -m tests.setup.packages
	@echo "Installing $$(grep -c '==' requirements/dev.txt) packages for development"
	@$(UV) -r requirements/dev.txt
	@touch $@
