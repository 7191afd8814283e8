# ClubCRM: everything a newcomer types. `make help` prints this menu.
PORT ?= 8000
DEMO_MEMBERS ?= 600
PYTHON ?= python3
PYTEST_ARGS ?=

# Whoever keeps Python from keeping what it compiled pays two seconds for each process started.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-all check bench wheel catalogues lock clean

help: ## print this menu
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## only the set-up; afterwards .venv/bin/clubcrm works
	@$(PYTHON) setup/prepare.py

demo: setup ## a living demo club at http://127.0.0.1:$PORT (PORT=8000 DEMO_MEMBERS=600)
	@.venv/bin/clubcrm demo --port $(PORT) --members $(DEMO_MEMBERS)

run: setup ## a real club: empty database, prints the one-time token for the first page
	@.venv/bin/clubcrm migrate
	@.venv/bin/clubcrm serve --with-jobs --port $(PORT)

test: ## every check: lint, types, contracts, SQLite, PostgreSQL, browser (PYTEST_ARGS= adds to it)
	@$(PYTHON) setup/prepare.py --tests
	@.venv/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder --db=shared $(PYTEST_ARGS)

test-all: ## the same, with every page and the API on both databases too, and 200 meetings in every race
	@$(PYTHON) setup/prepare.py --tests
	@CLUBCRM_RACES=200 .venv/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder --db=both $(PYTEST_ARGS)

check: ## the quick part of the checks: lint, types, import contracts, house rules
	@$(PYTHON) setup/prepare.py --tests
	@.venv/bin/pytest -q tests/architecture $(PYTEST_ARGS)

bench: ## the benchmarks; prints ratio tables
	@$(PYTHON) setup/prepare.py --tests
	@.venv/bin/python -m bench

wheel: setup ## the built product as one file in dist/
	@rm -rf build
	@.venv/bin/python -m pip wheel -q --no-deps --no-build-isolation -w dist .
	@ls dist/*.whl

catalogues: setup ## collect the texts of code and pages into the message catalogues
	@.venv/bin/python setup/catalogues.py

lock: ## write the lock files anew from pyproject.toml and package.json
	@setup/lock.sh

clean: ## remove what was built and installed; databases in var/ stay
	@rm -rf .venv node_modules build dist clubcrm/static/vendor
