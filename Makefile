# The two commands that matter: `make run` and `make test`. Both set everything up first.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-llm property-long lint format unit audit records clean
PYTHON := .venv/bin/python

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: ## Install what is needed into .venv and node_modules; quick when nothing changed
	@bash scripts/setup

run: setup ## Start the local cloud, process the samples, and stay up
	@exec .venv/bin/intray up --samples

test: setup ## All checks and all tests, and how many ran at each level
	@bash scripts/setup-browser
	@$(PYTHON) scripts/run_tests.py

test-llm: setup ## Slow, and no part of `make test`: the pipeline against a real language-model server
	@bash scripts/setup-llm
	@$(PYTHON) scripts/run_tests.py llm

property-long: setup ## Slow, and no part of `make test`: the property tests with many more examples, at random
	@$(PYTHON) -m pytest tests/property --timeout 0 --hypothesis-profile long

unit: setup ## Only the fast tests: architecture and unit
	@$(PYTHON) scripts/run_tests.py architecture unit

lint: setup ## Only the static checks: ruff, mdformat, import rules, mypy
	@$(PYTHON) scripts/run_tests.py static

format: setup ## Format code and Markdown, and apply the safe fixes
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/mdformat *.md docs samples

audit: setup ## Known vulnerabilities, licences and a bill of materials of what the app installs; asks the network
	@$(PYTHON) -m scripts.audit

records: setup ## Evaluate the built-in types on the samples again, and write the records that their policies name
	@.venv/bin/intray eval samples --record 'shared/document_types/{type}/evaluations/local.yaml'

clean: ## Remove what was made here, except your drop and out folders
	rm -rf .venv .tools node_modules build/audit .intray .test-reports .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
