# Muniment 存鉴. `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run fresh test setup lint bench pictures

PORT ?= 8000
DATA ?= var
export PORT DATA
BIN := .venv/bin

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## from a clone to the sample application at 127.0.0.1 (PORT=8000, DATA=var)
	@bash scripts/run.sh

fresh: ## the same after throwing away DATA
	@bash scripts/run.sh --fresh

test: ## from a clone to a green run: what the tests need, lint, every test
	@bash scripts/system_packages.sh
	@bash scripts/setup.sh
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

setup: ## the virtual environment and the chart library, inside this folder only
	@bash scripts/setup.sh

lint: ## ruff (rules and format) and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup ## speed against the floor; the figures are kept in benchmarks/
	@$(BIN)/muniment bench

pictures: setup ## photograph the sample for the docs
	@MUNIMENT_PICTURES=1 $(BIN)/pytest -n 0 tests/e2e/test_flagship_boards.py
