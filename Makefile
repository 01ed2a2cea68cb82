# The commands of the house. `make help` lists them; `.venv/bin/kuratorium --help` is the same set without make.
PYTHON ?= python3
UV     ?= var/uv/bin/uv
BIN    := .venv/bin
READY  := .venv/.ready
DEV    := .venv/.ready-dev
LOCK    = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --custom-compile-command 'make lock' pyproject.toml --group build $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help site pull inbox find note lookback digest status check preview build start test lint lock clean

help:
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-9s%s\n", $$1, $$2}' Makefile

##@ Edit and publish
site: $(READY)  ## All from a fresh clone: install, pull the sources, build output/
	@$(BIN)/kuratorium site

pull: $(READY)  ## Fetch the sources; new entries go to curation/inbox/
	@$(BIN)/kuratorium pull

inbox: $(READY)  ## List what waits for a note (TOPIC=… SOURCE=…)
	@$(BIN)/kuratorium inbox $${TOPIC:+--topic "$$TOPIC"} $${SOURCE:+--source "$$SOURCE"}

find: $(READY)  ## Search what was pulled on this machine (WORDS=… SOURCE=…)
	@test -n "$$WORDS" || { echo "Which words? For example: make find WORDS='open data'." >&2; exit 2; }
	@$(BIN)/kuratorium find $${SOURCE:+--source "$$SOURCE"} -- "$$WORDS"

note: $(READY)  ## Begin a note on an inbox item or a web page (ITEM=…)
	@test -n "$$ITEM" || { echo "Which item? For example: make note ITEM=https://some-blog.example/post ('make inbox' lists the items)." >&2; exit 2; }
	@$(BIN)/kuratorium note "$$ITEM"

lookback: $(READY)  ## List what came out this week years ago, or begin a look-back (POST=…)
	@$(BIN)/kuratorium lookback $${POST:+"$$POST"}

digest: $(READY)  ## Draft an issue from the posts of some days (FROM=… TO=…)
	@$(BIN)/kuratorium digest $${FROM:+--from "$$FROM"} $${TO:+--to "$$TO"}

status: $(READY)  ## Show how the sources are
	@$(BIN)/kuratorium sources status

check: $(READY)  ## Look for mistakes in curation/ and content/
	@$(BIN)/kuratorium check

preview: $(READY)  ## Serve the site on 127.0.0.1 and rebuild on every change
	@$(BIN)/kuratorium preview

build: $(READY)  ## Build output/ from what is there; touches no network
	@$(BIN)/kuratorium build

start: $(READY)  ## Make this edition your own: removes the samples, asks for name and address
	@$(BIN)/kuratorium start $(ARGS)

##@ Develop
test: $(DEV)  ## Run all tests, in a real browser too (ARGS="-k feed")
	@$(BIN)/python tests/browser/ensure.py
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(DEV)  ## Check style and types
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy

lock: $(UV)  ## Renew the lock files after a change of pyproject.toml (ARGS=--upgrade)
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## Remove all that can be made again: .venv, output/, var/, caches
	@rm -rf .venv output var .hypothesis .mypy_cache .pytest_cache .ruff_cache

# How .venv comes about. A stamp is written last, and without it .venv is made anew: an interrupted install leaves nothing.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Kuratorium needs Python 3.11 or newer, and '$(PYTHON)' is not one: install it, or name it as in 'make site PYTHON=python3.12'." >&2; exit 2; }
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

var/uv/bin/uv:
	@$(PYTHON) -m venv var/uv && var/uv/bin/python -m pip install --quiet uv
