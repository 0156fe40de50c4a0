# Everything this project does, on a machine that has Python (3.11 or later), pip and make:
#
#   make run      the main job: compares accelerators for a purchase, writes outputs/
#   make test     the whole test suite
#
# Both set up .venv on their own. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
FUZZ_OPTIONS ?=
GPU_SUITE_OPTIONS ?=
OUTPUTS ?= outputs
PYTEST_OPTIONS ?= --numprocesses=auto --dist=loadfile

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RESULTS := $(addprefix $(OUTPUTS)/procurement.,json md csv)
REPORTS := $(addprefix $(OUTPUTS)/report.,html xlsx pdf)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run test check lint types layers format notice manual benchmarks soak fuzz gpu-suite matrix floor sbom clean help

run: $(VENV)/.ready  ## compare the options of scenarios/procurement.yaml, write outputs/
	@mkdir -p $(OUTPUTS)
	@echo "Comparing the options of scenarios/procurement.yaml"
	@$(BIN)/lca compare scenarios/procurement.yaml $(addprefix -o ,$(RESULTS))
	@$(BIN)/lca report scenarios/procurement.yaml --quiet $(addprefix -o ,$(REPORTS))
	@echo
	@echo "Results:"
	@for file in $(RESULTS) $(REPORTS); do test -s $$file && echo "  $$file" || exit 1; done

test: $(VENV)/.ready-dev  ## run the whole test suite
	@echo "Running the test suite"
	@$(BIN)/python -m pytest $(PYTEST_OPTIONS)

check: lint types layers  ## lint, format, types and layers

lint: $(VENV)/.ready-dev  ## ruff: rules and format
	@echo "Checking rules and format"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

types: $(VENV)/.ready-dev  ## mypy, strict
	@echo "Checking types"
	@$(BIN)/mypy --strict

layers: $(VENV)/.ready-dev  ## import-linter: who may import whom
	@echo "Checking layers"
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.ready-dev  ## rewrite the code in the project's format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

notice: $(VENV)/.ready-dev  ## write NOTICE anew from the data's licences
	@$(BIN)/python tools/notice.py --write

manual: $(VENV)/.ready-dev  ## write the manual's generated pages, build it into outputs/manual
	@$(BIN)/python tools/manual.py --write
	@$(BIN)/python tools/manual.py --build $(OUTPUTS)/manual
	@echo "Open $(OUTPUTS)/manual/index.html, or: $(BIN)/python -m http.server -d $(OUTPUTS)/manual"

matrix: $(VENV)/.ready-dev  ## install the wheel under every Python found, and at its oldest dependencies
	@$(BIN)/python tools/matrix.py

floor: $(VENV)/.ready-dev  ## install the wheel with the oldest dependencies it admits
	@$(BIN)/python tools/matrix.py --floor

sbom: $(VENV)/.ready-dev  ## write the bill of materials, and the page of licences
	@$(BIN)/python tools/bill_of_materials.py $(OUTPUTS)/sbom.cdx.json --write

benchmarks: $(VENV)/.ready-dev  ## time the main operations
	@$(BIN)/python benchmarks/run.py

fuzz: $(VENV)/.ready-dev  ## attack every reader of foreign input, guided by coverage (long)
	@$(BIN)/python tools/fuzz.py $(FUZZ_OPTIONS)

soak: $(VENV)/.ready-dev  ## kill everything that writes, for ten minutes
	@$(BIN)/python benchmarks/soak.py

gpu-suite: $(VENV)/.ready-dev  ## everything that needs an NVIDIA board, into outputs/gpu
	@$(BIN)/python benchmarks/gpu_suite.py $(OUTPUTS)/gpu $(GPU_SUITE_OPTIONS)

clean:  ## remove what these commands made
	rm -rf $(VENV) $(OUTPUTS) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find lca tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## list the commands
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo "Variables: PYTHON (interpreter), VENV, OUTPUTS, PYTEST_OPTIONS; pip's own such as PIP_INDEX_URL are honored."

# The environment is made afresh when the project's dependencies change. The mark is written
# last, so that an interrupted installation is done again.
$(VENV)/.made: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one: make PYTHON=python3.12 ...")'
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.ready: $(VENV)/.made
	@echo "Installing lca"
	@$(PIP) install --constraint constraints.txt --editable '.[pdf,xlsx]'
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.made
	@echo "Installing lca with what tests, checks and measurements need (PyTorch takes a while)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev,measure]'
	@touch $@ $(VENV)/.ready
