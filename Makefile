# Every target first brings .venv to what the lock says; see .ci/prepare.
BIN := .venv/bin
UV := $(shell command -v uv || echo $(BIN)/uv)
LOCK := $(UV) pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --quiet

# Installing compiles nothing, so the first start must keep what it compiles or every start is three times slower.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test check bench seed screens lock

help:
	@echo "make run     start the hub with the demo office (PORT=8080 to choose the port)"
	@echo "make test    run every test (ARGS='-k words' to choose some)"
	@echo "make check   format, lint, types, import arrows, messages"
	@echo "make bench   measure, as ratios to the raw floor (ARGS=name to choose one)"
	@echo "make seed    write docs/seed.md: every requirement with the tests that show it"
	@echo "make screens take docs/screens of the demo office; needs a Chromium"
	@echo "make lock    resolve the dependencies again (ARGS=--upgrade for newer ones); needs uv"

run:
	@.ci/prepare run
	@exec $(BIN)/hub serve --demo $(if $(PORT),--port $(PORT))

test:
	@.ci/prepare test
	@$(BIN)/pytest $(or $(ARGS),-n 3 --dist worksteal)

check:
	@.ci/prepare test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m web.locales.check

bench:
	@.ci/prepare test
	@$(BIN)/hub bench $(ARGS)

seed:
	@.ci/prepare test
	@$(BIN)/python -m tests.seed.write

screens:
	@.ci/prepare test
	@$(BIN)/python -m tests.screens.shoot

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	@$(LOCK) $(ARGS) -o requirements.lock
	@$(LOCK) $(ARGS) --group dev -c requirements.lock -o requirements-dev.lock
	@for lock in requirements.lock requirements-dev.lock; do \
		{ echo "# Made from pyproject.toml by: make lock. Python 3.11 to 3.13, every platform; names and hashes only."; \
		  cat $$lock; } > $$lock.new && mv $$lock.new $$lock; \
	done
