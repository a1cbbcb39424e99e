# Everything a developer needs; `make demo` and `make test` set themselves up on a machine with git, make and Python >= 3.11.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := socle ins_sim dmp_sim mss_sim psc_sim metrics console sandbox socles
DEMO_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=
SLOW := slow or interop or browser or drill or postgres or kafka or compose
FAST := not slow and not interop and not browser and not drill and not postgres and not kafka and not compose and not fuzz

.DEFAULT_GOAL := help
.PHONY: help demo up compose test test-slow test-fuzz test-all bench lint format docs requirements clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Socles needs Python 3.11 or newer (python3 --version)"; exit 1; }
	@test -x $(BIN)/python || { echo "Creating $(VENV) with $(PYTHON) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing Socles and what it runs on into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Installing the test and quality tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/dev.txt
	@touch $@

demo: $(VENV)/.runtime ## Simulated hospitals talk to the simulators; indicators rise live (arguments: DEMO_ARGS="--once --seed 7")
	@$(BIN)/socles demo $(DEMO_ARGS)

up: $(VENV)/.runtime ## Serve the simulators without traffic
	@$(BIN)/socles up

compose: ## The same on Kafka and PostgreSQL, each service in its container (needs Docker with Compose)
	@docker compose up --build --wait

test: $(VENV)/.dev ## Unit and integration tests, in parallel (arguments: TEST_ARGS)
	@$(BIN)/pytest -n auto -q -m "$(FAST)" $(TEST_ARGS)

test-slow: $(VENV)/.dev ## Slow suites: Kafka, PostgreSQL, Compose, foreign clients, browser, kill drills
	@$(BIN)/python tests/slow.py -m "$(SLOW)" $(TEST_ARGS)

test-fuzz: $(VENV)/.dev ## Spoilt messages for ten minutes (SOCLES_FUZZ_SECONDS)
	@$(BIN)/pytest -q -m fuzz tests/fuzz $(TEST_ARGS)

test-all: test test-slow test-fuzz ## Every test

bench: $(VENV)/.dev ## Ratios to a bare ceiling, measured in the same run (arguments: BENCH_ARGS)
	@$(BIN)/python tests/bench $(BENCH_ARGS)

lint: $(VENV)/.dev ## ruff, mypy --strict, import-linter, deptry
	@$(BIN)/ruff check services tests deploy
	@$(BIN)/ruff format --check services tests deploy
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry services

format: $(VENV)/.dev ## Let ruff lay out the code
	@$(BIN)/ruff check --fix services tests deploy
	@$(BIN)/ruff format services tests deploy

docs: $(VENV)/.dev ## Generate docs/fidelity.md and docs/events from the code
	@$(BIN)/python -m sandbox.docs

requirements: $(VENV)/.dev ## Renew the pinned requirement files from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --no-header --no-annotate -q -o requirements/runtime.txt
	@$(BIN)/uv pip compile pyproject.toml --upgrade --extra dev --universal --python-version 3.11 --no-header --no-annotate -q \
		-c requirements/runtime.txt -o requirements/dev.txt

clean: ## Remove the virtual environment, caches and sandbox data
	@rm -rf $(VENV) .socles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
