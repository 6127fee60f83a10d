# Every target sets up what it needs; a second run finds it there.
# PYTHON=… chooses the interpreter, ARGS=… is handed to the command behind a target.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

BIN := .venv/bin
ARGS ?=

# The first interpreter that is new enough and can make virtual environments; inside an active
# virtual environment the one that it was made from.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import ensurepip, sys; assert sys.version_info >= (3, 11); \
	print(sys._base_executable)' 2>/dev/null && break; done)

# A stamp is named after the content that it stands for: any change, or a move of the folder
# (scripts in .venv name it), makes it missing.
content = $(shell { echo '$(CURDIR)'; cat $(1); } | cksum | tr -cs '0-9\n' -)
PYTHON_STAMP := .venv/.installed-$(call content,requirements.lock)
PACKAGE_STAMP := .venv/.editable-$(call content,requirements.lock pyproject.toml)
BROWSER_STAMP := .venv/.browser-$(call content,requirements.lock requirements-browser.lock)
STACK_STAMP := .venv-stack/.installed-$(call content,requirements-stack.lock)
NODE_STAMP := node_modules/.installed-$(call content,package.json package-lock.json .npmrc)
PAGES_SOURCES := package-lock.json docs/settings.schema.json \
	$(shell find web -path web/dist -prune -o -type f -print | LC_ALL=C sort)
PAGES_STAMP := web/dist/.built-$(call content,$(PAGES_SOURCES))

.PHONY: help setup demo test browser stack-test prove pictures check format synth bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(PACKAGE_STAMP) $(NODE_STAMP) $(PAGES_STAMP) ## install what the locks name, build the pages

demo: setup ## the whole system on this machine
	@$(BIN)/rebate demo $(ARGS)

test: setup browser ## the test suite, on two cores
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

HAS_BROWSER := command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null

browser: $(BROWSER_STAMP) # what opens the pages in tests, where it can be installed
	@$(HAS_BROWSER) || { command -v apt-get && [ "$$(id -u)" = 0 ]; } >/dev/null || \
		echo "No chromium, and no right to install it: tests in a browser are skipped" >&2
	@command -v chromium-headless-shell >/dev/null || ! command -v apt-get >/dev/null || \
		[ "$$(id -u)" != 0 ] || \
		{ echo "Installing chromium without windows (a minute, once)"; apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends chromium-headless-shell \
		fonts-noto-cjk >/dev/null; } || $(HAS_BROWSER)

stack-test: setup $(STACK_STAMP) ## deploy into an emulator of AWS, and try it
	JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 \
		$(BIN)/python -m pytest tests/stack --log-cli-level=INFO --timeout=900 $(ARGS)

LONG := $(BIN)/python -m pytest -n 2 --timeout=0

prove: setup ## the proofs that take longer (an hour): see docs/proofs.md
	REBATE_TEST_EFFORT=20 $(LONG) tests/simulation
	REBATE_TEST_EFFORT=5 $(LONG) tests/test_processes.py tests/local/test_rollback.py
	REBATE_TEST_EFFORT=5 $(LONG) tests/usecases/test_long_orders.py tests/usecases/test_crashes.py
	REBATE_TEST_EFFORT=8 $(LONG) tests/domain/test_engine_budget.py
	REBATE_TEST_EFFORT=84 $(LONG) tests/test_against_model.py tests/kernel/test_against_model.py \
		tests/kernel/test_replay.py
	REBATE_TEST_LINE=100000 $(LONG) tests/usecases/test_long_runs.py
	$(BIN)/python -m proofs.conditions
	$(BIN)/python -m proofs.model
	$(BIN)/python -m proofs.mutations

pictures: setup browser ## the two pictures of the README, into build/pictures
	@$(BIN)/python -m tests.pages.pictures

check: setup ## linters, types, layers
	@npm run --silent types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

synth: setup ## CloudFormation templates into cdk.out/
	CDK_OUTDIR=cdk.out JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 \
		$(BIN)/python -m infra.app $(ARGS)

bench: setup ## the benchmarks, as lines of JSON
	@$(BIN)/python -m benchmarks $(ARGS)

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

lock: setup ## rewrite the locks, ARGS=--upgrade for newer versions
	$(COMPILE) pyproject.toml --extra local --extra client --extra mcp --group infra --group dev \
		--output-file requirements.lock $(ARGS)
	$(COMPILE) pyproject.toml --constraint requirements.lock \
		--output-file requirements-lambda.lock $(ARGS)
	$(COMPILE) --group stack --output-file requirements-stack.lock $(ARGS)
	$(COMPILE) --group browser --constraint requirements.lock \
		--output-file requirements-browser.lock $(ARGS)
	npm install --package-lock-only

clean: ## remove everything that make built
	rm -rf .venv .venv-stack node_modules cdk.out build dist web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Some packages ship files that are no valid Python on purpose, hence `|| true`.
$(PYTHON_STAMP):
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer, with its venv module, is needed;" \
		"PYTHON=… names one" >&2; exit 2; }
	@if [ -x $(BIN)/uv ] && head -n 1 $(BIN)/pip | grep -qF '#!$(CURDIR)/' && \
		echo "Installing what is new in requirements.lock" && \
		rm -f .venv/.installed-* .venv/.editable-* && \
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --no-build --require-hashes \
			requirements.lock; then :; \
	else \
		echo "Installing Python packages into .venv (about a minute, once)"; \
		"$(PYTHON)" -m venv --clear .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
			--only-binary=:all: --require-hashes -r requirements.lock && \
		{ $(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null || true; }; \
	fi
	@touch $@

$(PACKAGE_STAMP): | $(PYTHON_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@rm -f .venv/.editable-*
	@touch $@

$(BROWSER_STAMP): | $(PACKAGE_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--only-binary=:all: --require-hashes -r requirements-browser.lock
	@touch $@

# Functions run on this machine, so on the Python that they are deployed for.
$(STACK_STAMP): | $(PYTHON_STAMP)
	@python="$$($(BIN)/python -c 'from infra.runtime import interpreter; \
		print(interpreter() or "")')"; \
	test -n "$$python" || { echo "make: Python 3.13 is needed to run functions;" \
		"REBATE_RUNTIME_PYTHON=… names one" >&2; exit 2; }; \
	echo "Installing an emulator of AWS into .venv-stack (half a minute, once)"; \
	"$$python" -m venv --clear .venv-stack
	@.venv-stack/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--only-binary=:all: --require-hashes -r requirements-stack.lock
	@touch $@

$(NODE_STAMP):
	@command -v npm >/dev/null || { echo "make: Node 20 or newer, with npm, is needed" >&2; exit 2; }
	@echo "Installing the embedded engine, and what builds the pages, into node_modules"
	@npm ci --loglevel=error >/dev/null
	@touch $@

$(PAGES_STAMP): | $(NODE_STAMP)
	@echo "Building the pages into web/dist"
	@npm run --silent pages
	@touch $@
