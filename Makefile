.DEFAULT_GOAL := help
PORT ?= 8000
BIN := .venv/bin

.PHONY: help install demo run format check test soak mutants bench lab-start lab-stop coverage release messages pictures docs migrations lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-12s %s\n", $$1, $$2}'

install: ## Make the environment .venv from the lock file
	@python3 tools/bootstrap.py dev

demo: ## The sample company at work (PORT=8000; EXIT=1 checks and leaves)
	@python3 tools/bootstrap.py product
	@$(BIN)/python tools/demo.py --port $(PORT) $(if $(EXIT),--exit)

run: install ## Console and worker on your own database (PORT=8000)
	@$(BIN)/emailketing migrate
	@$(BIN)/emailketing serve --port $(PORT)

format: install ## Lay out code and templates
	@$(BIN)/ruff format src tests tools
	@$(BIN)/ruff check --fix src tests tools
	@$(BIN)/djlint --reformat --quiet src || true

check: install ## Everything but the tests: layout, lint, types, layers, spelling (writes nothing)
	@$(BIN)/python tools/check.py

test: install ## Install what the tests need, check, and run every test (ARGS="-k outbox")
	@$(BIN)/python tools/test.py $(ARGS)

soak: install ## The slow parts at full length: chaos, many at once, the old program (about half an hour)
	@EMAILKETING_TEST_WHOLE=yes $(BIN)/python tools/test.py -m soak tests/journeys tests/legacy tests/tryton/test_many.py \
		tests/listings/test_reading.py tests/triggers/occasions/test_many_birthdays.py $(ARGS)

coverage: install ## Run every test and show which lines and branches none comes by
	@$(BIN)/python tools/test.py -n 2 --dist loadgroup --cov --cov-report=term --cov-report=html:build/coverage $(ARGS)

release: install ## Build wheel and sdist into dist/ and play the demo from the wheel
	@$(BIN)/python tools/release.py

mutants: install ## Put small faults into the pure modules: no test may miss one (ARGS="quiet")
	@PYTHONPATH=tools $(BIN)/python -m mutants.run $(ARGS)

bench: install ## Measure speed side by side (FORCE=1 on a busy machine; ARGS="capture")
	@$(BIN)/python tools/bench.py $(ARGS)

lab-start: install ## Start the servers the tests use
	@$(BIN)/python tools/lab.py start

lab-stop: install ## Stop them
	@$(BIN)/python tools/lab.py stop

messages: install ## Extract the texts to translate
	@$(BIN)/python tools/extract_messages.py

pictures: install ## Take the pictures of the documentation anew (needs Chromium)
	@EMAILKETING_PICTURES=docs/images $(BIN)/python tools/test.py tests/journeys/test_nine_clicked.py -k sqlite

docs: install ## Write the pages that are made from the code
	@$(BIN)/python tools/command_reference.py

migrations: install ## Write a migration (NAME=add_something)
	@$(BIN)/django-admin makemigrations --settings emailketing.config.settings --name $(NAME)

lock: install ## Write the lock files again
	@uv lock --quiet
	@uv export -q --no-emit-project --no-dev --all-extras --no-header --format requirements-txt -o requirements/product.lock
	@uv export -q --no-emit-project --all-extras --no-header --format requirements-txt -o requirements/dev.lock
	@uv pip compile -q --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links requirements/tryton.in -o requirements/tryton.lock
