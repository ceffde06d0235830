# make run    gold data to champion to labelled articles     make test    the tests
# make check  format, lint, types, imports, tests, docs      make format  rewrite what the formatter would

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export MLFLOW_DISABLE_TELEMETRY := true
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM ?= false

.PHONY: run test test-all check static format clean

run: $(VENV)/.installed
	$(BIN)/python scripts/main_job.py

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto

test-all: $(VENV)/.installed
	$(BIN)/python -m pytest -m ""

# Called together, as `make check test`, the tests run once.
check: static test

static: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/framing data build data/conflict_frames --check

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The mark comes last, so that an interrupted installation starts again.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("framing needs CPython 3.11 or later, found " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) runs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
