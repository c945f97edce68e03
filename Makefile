# Oarlock: `make demo` and `make test` set everything up by themselves.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo browser test postgres wheel faults screenshots pages check bench lock coverage mutants migrations clean
setup: .venv/ready

.venv/ready: requirements/dev.txt pyproject.toml
	@sh requirements/venv.sh $(PYTHON)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/oarlock demo

# The browser of the browser tests and of screenshots; where it cannot be had, those tests say so and are skipped.
browser:
	@command -v chromium >/dev/null || (apt-get install --yes --no-install-recommends chromium >/dev/null 2>&1 \
		|| echo "No Chromium here and none can be installed: browser tests will be skipped.")

# In the order of their names: files of few and long tests would else come last, and one worker wait for the other.
# Browser tests have a process of their own: the browser's event loop runs on in it, and Django refuses to write under one.
# On the second database without what is about files and nights, which `make postgres` adds.
TESTS := -m pytest -n 2 --dist loadfile --no-loadscope-reorder
DRILLS := test_backup test_recurring test_tamper test_hostile_backup test_releases
test: setup browser
	$(BIN)/python $(TESTS) --ignore tests/browser
	$(BIN)/python $(TESTS) tests/browser
	$(BIN)/python $(TESTS) -p tests.store.on_postgres tests/store $(DRILLS:%=--ignore tests/store/%.py)

# The store's whole suite on PostgreSQL.
postgres: setup
	OARLOCK_TRIES=10 $(BIN)/python $(TESTS) -p tests.store.on_postgres tests/store

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src

# The large forms of the tests that try to break it: tampering, flipped bits, kills, hostile texts, fuzzed pages and API.
faults: setup browser
	OARLOCK_HEAVY=1 OARLOCK_TRIES=1000 OARLOCK_SEEDS=200 $(BIN)/python -m pytest -n 2 --dist loadfile tests/store/test_tamper.py \
		tests/store/test_envelope.py tests/store/test_backup.py tests/store/test_notices_killed.py tests/store/test_desk_faults.py tests/store/test_desk_history.py tests/engines/test_crash.py tests/rooms/lifecycle/test_replay.py tests/rooms/loop/test_known_on_a_date.py \
		tests/rooms/agreement tests/web/test_fuzz.py tests/web/test_api_schema.py

# A picture of each page at two widths, light and dark, in build/screenshots; not committed.
screenshots: setup browser
	$(BIN)/python -m tests.browser.pictures

# The wheel, and whether `pip install` of it alone gives a demo that opens.
wheel: setup
	rm -rf build/wheel && mkdir -p build/wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(BIN)/python tests/wheel.py build/wheel

# How quick the pages are on a large store: HOME_OF names its workspace.
pages: setup
	$(BIN)/python -m bench.pages $(HOME_OF)

bench: setup
	$(BIN)/python -m bench

# Every branch of the program, processes that tests start among them; the bars stand in tests/bars.py.
coverage: setup
	rm -rf build/coverage && mkdir -p build/coverage
	COVERAGE_FILE=$(CURDIR)/build/coverage/data $(BIN)/coverage run -m pytest -n 2 --dist loadfile --ignore tests/browser
	$(BIN)/python tests/bars.py build/coverage/data

# ROOM=ground, lifecycle, language or agreement; ONLY="hours openings" names modules of it.
mutants: setup
	$(BIN)/python tests/mutants.py $(or $(ROOM),ground) $(ONLY)

lock: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -c requirements/dev.txt -o requirements/run.txt

migrations: setup
	$(BIN)/python requirements/migrations.py

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants
