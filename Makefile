# Needed: Python 3.11 or newer, git, make. `make help` lists what there is to do.

PYTHON ?= python3
AIRFLOW_VERSION ?= 3.3.2

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALLED := $(VENV)/.installed-$(AIRFLOW_VERSION)

# The oldest versions of this project's own dependencies are tested together with this Airflow.
OLDEST := 2.11.2
MATRIX := $(OLDEST) 3.1.8 3.2.2 3.3.2
MATRIX_TESTS := $(addprefix tests/,test_whole_runs.py test_whole_runs_records.py \
	test_report_example.py test_provider_info.py operators sensors triggers queues notifications \
	inbox hooks api events messages)
# Airflow 3.2.2 breaks with later versions of what it depends on, and does not say so itself.
CAPS_3.2.2 := 'fastapi<0.137' 'svcs<26'

# Airflow 2 knows no message queues.
extras = sandbox$(if $(filter 2.%,$(1)),,$(comma)messaging)
comma := ,

# One process for each core; one that has nothing left to do takes tests from the other.
PARALLEL := --numprocesses logical --dist worksteal
# Tests of a file share an Airflow there. It waits more than it computes, so that two can run even on one core.
PARALLEL_SYSTEM := --numprocesses 2 --dist loadfile

# Airflow compiles itself at each start if it may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z]+:.* ## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.* ## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo
	@echo "  Every target makes $(VENV) first, with Airflow $(AIRFLOW_VERSION); another: make test AIRFLOW_VERSION=3.2.2"
	@echo "  One Airflow of the matrix: $(MATRIX:%=make matrix-%;)"

.PHONY: venv
venv: $(INSTALLED) ## make .venv with Airflow, this package and all tools

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, $(PYTHON) is %s. Say which to take: make PYTHON=python3.12 ..." % sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip install --quiet --python $(BIN)/python --editable '.[$(call extras,$(AIRFLOW_VERSION))]' --group test --group lint \
		'apache-airflow==$(AIRFLOW_VERSION)' $(CAPS_$(AIRFLOW_VERSION))
	rm -f $(VENV)/.installed-*
	touch $@

.PHONY: demo
demo: $(INSTALLED) ## send three messages to a sandbox and show them; or for real, see README.md
	@$(BIN)/python scripts/demo.py

.PHONY: ui
ui: $(INSTALLED) ## run Airflow's web interface and a sandbox
	@$(BIN)/python scripts/ui.py

.PHONY: sandbox
sandbox: $(INSTALLED) ## run the sandbox alone
	@$(BIN)/chakra-sandbox

.PHONY: test
test: ## run every check, the cheap ones first
	$(MAKE) lint
	$(MAKE) types
	$(MAKE) unit
	$(MAKE) system
	$(MAKE) $(patsubst %,matrix-%,$(filter-out $(AIRFLOW_VERSION),$(MATRIX)))

.PHONY: lint
lint: $(INSTALLED) ## check style
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: format
format: $(INSTALLED) ## mend style, as far as a program can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: types
types: $(INSTALLED) ## check types
	$(BIN)/mypy
	MYPYPATH=scripts $(BIN)/mypy scripts tests/system

.PHONY: unit
unit: $(INSTALLED) ## run the tests that start no whole programs, with coverage
	$(BIN)/python -m pytest -q $(PARALLEL) -m 'not system' --cov --cov-report=term --cov-fail-under=95

.PHONY: system
system: $(INSTALLED) ## test whole programs: the wheel, the demo, Airflow in a browser
	$(BIN)/python -m pytest -q $(PARALLEL_SYSTEM) -m system --durations=0 --durations-min=1

.PHONY: matrix
matrix: $(MATRIX:%=matrix-%) ## run Dags with each supported line of Airflow

.PHONY: $(MATRIX:%=matrix-%)
$(MATRIX:%=matrix-%): matrix-%: .matrix/%/.installed
	.matrix/$*/bin/python -m pytest -q $(PARALLEL) -p no:cacheprovider -m 'not system' $(MATRIX_TESTS)

.matrix/%/.installed: pyproject.toml $(INSTALLED)
	$(UV) venv --quiet --clear --python $(BIN)/python .matrix/$*
	$(UV) pip install --quiet --python .matrix/$*/bin/python --editable '.[$(call extras,$*)]' \
		--group test 'apache-airflow==$*' $(CAPS_$*) $(if $(filter $*,$(OLDEST)),$$($(BIN)/python scripts/lower_bounds.py))
	touch $@

.PHONY: docs
docs: $(INSTALLED) ## write the tables in docs/ anew
	$(BIN)/python scripts/write_docs.py

.PHONY: screenshots
screenshots: $(INSTALLED) ## take the pictures in docs/images anew
	SCREENSHOTS=docs/images $(BIN)/python -m pytest -q -m system tests/system/test_ui.py tests/system/test_phone_use.py

.PHONY: build
build: $(INSTALLED) ## build wheel and sdist into dist/
	$(UV) build --quiet --out-dir dist
	@ls dist

.PHONY: benchmarks
benchmarks: $(INSTALLED) ## measure
	@set -e; for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

.PHONY: clean
clean: ## remove everything that was made here
	rm -rf $(VENV) .demo .matrix dist htmlcov .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
