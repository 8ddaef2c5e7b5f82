PYTHON ?= python3
BIN = .venv/bin

.PHONY: install demo run test lint bench soak up
install: .venv/.installed ## make .venv with khabar in it

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.installed
	$(BIN)/python -m pip install -q -c constraints.txt --group dev
	@touch $@

demo: install ## sample outlets through the whole pipeline, then the desk
	$(BIN)/khabar demo

run: install ## embedded: poll, process, serve the desk
	$(BIN)/khabar run

test: .venv/.dev ## all tests; those that need a real service skip without it
	$(BIN)/python -m pytest -q

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python -m pip install -q -c constraints.txt --group bench
	$(BIN)/python -m bench

soak: .venv/.dev
	$(BIN)/python -m bench.soak

up:
	docker compose up --build
