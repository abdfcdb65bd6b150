# `make serve` and `make test` need Python >= 3.11, pip and make; nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

# Where this is set, each of the many processes that tests start would compile the whole product.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: serve sandbox test lint bench schema clean

serve: $(VENV)/serving
	$(BIN)/crewgraph serve

sandbox: $(VENV)/serving
	$(BIN)/crewgraph sandbox

test: $(VENV)/installed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/linted
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/serving
	$(BIN)/python -m bench --picture bench/speed.svg

schema: $(VENV)/installed
	$(BIN)/crewgraph schema --scopes > schema.graphql

clean:
	rm -rf $(VENV) build dist graph/static

SOURCES := pyproject.toml constraints.txt hatch_build.py $(shell find web -type f -not -path '*/node_modules/*')

$(VENV)/serving: $(SOURCES)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Crewgraph needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) .
	touch $@

$(VENV)/installed: $(VENV)/serving
	$(INSTALL) '.[test]'
	touch $@

$(VENV)/linted: $(VENV)/installed
	$(INSTALL) '.[test,lint]'
	touch $@
