# `make serve` and `make test` need Python >= 3.11, pip and make; nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: serve sandbox test lint schema clean

serve: $(VENV)/installed
	$(BIN)/crewgraph serve

sandbox: $(VENV)/installed
	$(BIN)/crewgraph sandbox

test: $(VENV)/installed
	$(BIN)/python -m pytest

lint: $(VENV)/linted
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

schema: $(VENV)/installed
	$(BIN)/crewgraph schema > schema.graphql

clean:
	rm -rf $(VENV) build dist graph/static

$(VENV)/installed: pyproject.toml constraints.txt hatch_build.py $(shell find web -type f -not -path '*/node_modules/*')
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Crewgraph needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

$(VENV)/linted: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,lint]'
	touch $@
