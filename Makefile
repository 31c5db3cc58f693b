# Two commands: `make demo` sets up everything and runs the product; `make test` sets up everything and passes the tests.
PYTHON ?= python3
PORT ?= 8000
SCALE ?= city
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
export SHIBAIQIAN_HOME ?= $(CURDIR)/var
export PYTHONPATH := $(CURDIR)

.PHONY: demo test test-all long journeys check bench clean-demo front product dev lock

demo: product front
	@$(BIN)/shibaiqian demo --scale $(SCALE) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

clean-demo:
	@test ! -x $(BIN)/shibaiqian || $(BIN)/shibaiqian demo --clean

test: dev front check
	@$(BIN)/python -m tests

# One process on the oldest server: an open transaction of another one there holds back the horizon that sealing and slices wait for.
test-all: dev front check
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not browser" --hypothesis-profile=thorough
	@$(BIN)/python -m tests.oldest_server pytest -q
	@$(BIN)/python -m tests.journeys
	@$(BIN)/python -m tests.journeys --slow

# What CI runs after `make test`: the long tests, without those that break the product for many minutes (tests/field).
long: dev front
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "(slow or hypothesis) and not browser" --hypothesis-profile=thorough --ignore tests/field

journeys: dev front
	@$(BIN)/python -m tests.journeys --slow

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy shibaiqian

bench: dev
	@$(BIN)/python -m bench.run $(ONLY)

front: product
	@$(BIN)/python frontend/build.py

product: .build/product
dev: .build/dev

# Packages are pinned with hashes; a stamp remembers which list is installed.
.build/product: requirements.lock pyproject.toml
	@mkdir -p .build
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@SHIBAIQIAN_SKIP_FRONTEND=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.build/dev: .build/product requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The resolver lives in a folder of its own: nothing of the product needs it.
UV := .build/uv/bin/uv
PIN := $(UV) pip compile pyproject.toml --extra build --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --universal -q
lock: $(UV)
	@$(PIN) -o requirements.lock
	@$(PIN) --extra dev -o requirements-dev.lock

$(UV):
	@mkdir -p .build
	@$(PYTHON) -m venv .build/uv
	@.build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
