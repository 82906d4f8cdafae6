# `make report` and `make test` set up all they need; `make help` lists the rest.

AS_OF ?= 2024-01-29
# The first Python of these that is new enough; name another with PYTHON=….
PYTHON ?= $(or $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $(name)))),python3)
LAB_OPTIONS ?=
LOCK_OPTIONS ?=

STRIP := --keep-id --extra-keys metadata.language_info

BIN := .venv/bin
READY := .venv/ready
SYSTEM := PYTHON=$(BIN)/python scripts/system-libraries
export PIP_DISABLE_PIP_VERSION_CHECK := 1
NOT_INSTALLED := Nothing was set up. If hashes do not match, an index of yours (pip config list, \
	PIP_INDEX_URL, PIP_EXTRA_INDEX_URL) has built a package anew, as some mirrors do: leave it out, \
	with PIP_CONFIG_FILE=/dev/null PIP_EXTRA_INDEX_URL= make …; or, if you trust it, set up by hand \
	with pip install -e .

.PHONY: report test check format bench study lab lock help

report: $(READY) ## make the brief; AS_OF=2023-12-01 for another day than 2024-01-29
	@$(SYSTEM) pango
	@$(BIN)/brinkwatch run brief --as-of $(AS_OF)

# What a process of the tests has compiled, the hundreds after it need not compile again.
test: $(READY) ## run all tests
	@$(SYSTEM) pango browser poppler
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

check: $(READY) ## lint, format, types, notebooks without outputs, what is imported and installed
	@$(BIN)/ruff check -q
	@$(BIN)/ruff format -q --check
	@$(BIN)/mypy
	@$(BIN)/nbstripout $(STRIP) --verify notebooks/*.ipynb
	@$(BIN)/deptry src
	@$(BIN)/deptry --ignore DEP002,DEP004 tests studies benchmarks data/geo
	@$(BIN)/python -m pip check

format: $(READY) ## put code and notebooks in order
	@$(BIN)/ruff check -q --fix
	@$(BIN)/ruff format -q
	@$(BIN)/nbstripout $(STRIP) notebooks/*.ipynb

bench: $(READY) ## measure the speed and write the table of the README; some 20 minutes
	@$(SYSTEM) pango
	@$(BIN)/python benchmarks/bench.py

study: $(READY) ## check the measures on simulated data and write the table of docs/methods.md; minutes
	@$(BIN)/python -m studies

lab: $(READY) ## open JupyterLab on the notebooks; LAB_OPTIONS="--as-of 2024-01-29 --no-browser"
	@$(SYSTEM) pango
	@$(BIN)/brinkwatch lab $(LAB_OPTIONS)

lock: $(READY) ## rewrite requirements.txt from pyproject.toml; LOCK_OPTIONS=--upgrade for newer versions
	@$(BIN)/uv pip compile -q --system-certs pyproject.toml --group dev --generate-hashes \
		--universal --python-version 3.11 --fork-strategy fewest \
		--custom-compile-command "make lock" $(LOCK_OPTIONS) --output-file requirements.txt

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

# pip compiles libraries, but not our code; where the environment forbids Python to keep what it
# compiles, as in many images, every process would compile it again.
$(READY): requirements.txt pyproject.toml
	@PYTHON=$(PYTHON) scripts/system-libraries python
	@echo "Setting up .venv with $(PYTHON) (about a minute the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.txt \
		|| { echo "$(NOT_INSTALLED)" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@git config filter.notebook.clean '$(BIN)/nbstripout $(STRIP)' 2>/dev/null || true
	@touch $@
