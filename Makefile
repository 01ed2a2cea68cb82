# Shortcuts for the commands of kuratorium; "make help" lists them, ".venv/bin/kuratorium --help" lists the commands.
PYTHON ?= python3
UV     ?= .venv/uv/bin/uv
BIN    := .venv/bin
READY  := .venv/.ready
DEV    := .venv/.ready-dev
LOCK    = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --custom-compile-command 'make lock' pyproject.toml --group build $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help site pull inbox find note lookback digest status check preview build start test lint docs audit dist lock clean

help:
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-9s%s\n", $$1, $$2}' Makefile

##@ Edit and publish
site: $(READY)  ## Install, pull the sources and build output/, from a fresh clone
	@$(BIN)/kuratorium site

# If sources fail, the program ends with 1, but make with 2: any failing recipe gives 2. The code is in make's message.
pull: $(READY)  ## Fetch the sources; new entries go to curation/inbox/
	@$(BIN)/kuratorium pull

inbox: $(READY)  ## List the inbox items that wait for a note (TOPIC=… SOURCE=…)
	@$(BIN)/kuratorium inbox $${TOPIC:+--topic "$$TOPIC"} $${SOURCE:+--source "$$SOURCE"}

find: $(READY)  ## Search the entries pulled on this machine (WORDS=… SOURCE=…)
	@test -n "$$WORDS" || { echo "Which words? For example: make find WORDS='open data'." >&2; exit 2; }
	@$(BIN)/kuratorium find $${SOURCE:+--source "$$SOURCE"} -- "$$WORDS"

note: $(READY)  ## Begin a note on an inbox item or a web page (ITEM=…)
	@test -n "$$ITEM" || { echo "Which item? For example: make note ITEM=https://some-blog.example/post ('make inbox' lists the items)." >&2; exit 2; }
	@$(BIN)/kuratorium note "$$ITEM"

lookback: $(READY)  ## List posts of this week years ago, or begin a look-back (POST=…)
	@$(BIN)/kuratorium lookback $${POST:+"$$POST"}

digest: $(READY)  ## Draft a digest of the posts of some days (FROM=… TO=…)
	@$(BIN)/kuratorium digest $${FROM:+--from "$$FROM"} $${TO:+--to "$$TO"}

status: $(READY)  ## Show the condition of each source
	@$(BIN)/kuratorium sources status

check: $(READY)  ## Look for mistakes in curation/ and content/
	@$(BIN)/kuratorium check

preview: $(READY)  ## Serve the site on 127.0.0.1 and rebuild on every change
	@$(BIN)/kuratorium preview

build: $(READY)  ## Build output/ from the files, without network access
	@$(BIN)/kuratorium build

start: $(READY)  ## Replace the sample edition by your own; asks for name and address
	@$(BIN)/kuratorium start $(ARGS)

##@ Develop
test: $(DEV)  ## Run all tests, including those in a browser (ARGS="-k feed"; ARGS='-m "not slow"')
	@$(BIN)/python tests/browser/ensure.py
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(DEV)  ## Check code style and types
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy

docs: $(DEV)  ## Write docs/reference/ from the commands, rules and records of the program
	@$(BIN)/python docs/generate.py

audit: build  ## Check the HTML of output/ with the Nu checker (needs Java and npm)
	@for tool in java npm; do command -v $$tool >/dev/null || { echo "'$$tool' is missing: install it (on Debian and Ubuntu: apt install npm default-jre-headless)." >&2; exit 2; }; done
	@mkdir -p var/audit && cp tests/audit/package*.json var/audit/
	@cd var/audit && npm ci --silent --ignore-scripts --no-audit --no-fund
	@java -jar var/audit/node_modules/vnu-jar/build/dist/vnu.jar --skip-non-html --filterpattern '$(UNTRUE)' output && echo "No errors in output/."

# The checker knows no address for files on a disk, and takes data for search engines for a script.
UNTRUE = .*violates Content Security Policy.*

dist: $(READY)  ## Build dist/kuratorium-VERSION-py3-none-any.whl, the whole program with its theme
	@$(BIN)/python -m hatchling build --target wheel --directory dist

lock: $(UV)  ## Update the lock files after a change of pyproject.toml (ARGS=--upgrade)
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## Remove .venv, output/, dist/, caches and var/, with the archive and the backups of "start"
	@rm -rf .venv output var dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Installation. The stamp $(READY) is written last; without it .venv is created anew, so that an interrupted
# installation does not leave a broken one.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Kuratorium needs Python 3.11 or newer, but '$(PYTHON)' is missing or older: install it, or choose it by 'make site PYTHON=python3.12'." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 2; }
	@echo "Installing the locked packages into .venv …"
	@rm -f $@ && $(PYTHON) -m venv $(if $(wildcard $@),,--clear) .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(DEV): requirements-dev.lock $(READY)
	@echo "Installing the locked tools for tests and lint into .venv …"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

.venv/uv/bin/uv:
	@$(PYTHON) -m venv .venv/uv && .venv/uv/bin/python -m pip install --quiet uv
