# Two commands: `make run` starts the demonstration, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run serve test proofs bench lint clean

run: $(VENV)/.installed
	$(BIN)/pilot demo

serve: $(VENV)/.installed
	$(BIN)/pilot serve

test: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests

proofs: $(VENV)/.tested  # LONG=1 for the full set
	LONG=$(LONG) $(BIN)/python -m tests.proofs $(ONLY)

bench: $(VENV)/.measured  # SIZE=city|province|region|nation; docs/performance.md
	SIZE=$(or $(SIZE),province) $(BIN)/python -m benchmarks

lint: $(VENV)/.tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv, where there is one, takes a tenth of the time; pip heeds what pip.conf says of this machine.
PIP := $(BIN)/python -m pip install --disable-pip-version-check
UV := $(shell command -v uv)
INSTALL := $(if $(UV),uv pip install --python $(BIN)/python,$(PIP)) --quiet -c constraints.txt

$(BIN)/python:
	$(if $(UV),uv venv --quiet --seed --python $(PYTHON),$(PYTHON) -m venv) $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -e .
	touch $@

$(VENV)/.tested: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -e '.[dev]'
	touch $(VENV)/.installed $@

$(VENV)/.measured: $(VENV)/.tested
	$(INSTALL) -e '.[bench]'
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
