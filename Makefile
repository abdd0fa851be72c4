# Two commands: `make report` and `make test`. Each makes the environment first if it is missing or out of date.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# As many processes as there are cores; a file is one process's work, so that what it prepares is prepared once.
PYTEST_OPTIONS ?= -n auto --dist loadfile
MESSAGE ?= I lost my card yesterday, please freeze it.

.PHONY: report test lint clean

report: $(VENV)/.ready  ## Explain one message with the shipped model and print where the report is.
	@$(BIN)/surrogate explain "$(MESSAGE)"

test: $(VENV)/.ready  ## Lint, type-check and test.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

$(VENV)/.ready: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
