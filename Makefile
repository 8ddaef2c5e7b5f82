PYTHON ?= python3
BIN = .venv/bin

.PHONY: install demo run test lint native clean-native test-native bench soak up
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

native: .venv/.installed ## compile the hot modules in place; needs a C compiler
	$(BIN)/python -m pip install -q -c constraints.txt --group native
	$(BIN)/python hatch_build.py

clean-native: .venv/.installed ## back to pure Python
	$(BIN)/python -m pip install -q -c constraints.txt --group native
	$(BIN)/python hatch_build.py clean

test-native: .venv/.dev native ## the compiled build: tests of what is compiled, and the same output as pure Python
	KHABAR_REQUIRE_NATIVE=1 $(BIN)/python -m pytest -q -m 'not services' tests/test_native.py tests/streams tests/khabar tests/cli/test_tag.py

bench: .venv/.dev
	$(BIN)/python -m pip install -q -c constraints.txt --group bench
	$(BIN)/python -m bench

soak: .venv/.dev
	$(BIN)/python -m bench.soak

up:
	docker compose up --build
