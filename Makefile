# Hospital service portal. `make help` says what can be done here; nothing but Python 3.11 or newer is needed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
VAR := $(or $(VAR_DIR),var)
PYTEST := $(BIN)/python -m pytest
# Tests never see the services that the shell is set up for.
ALONE := env -u DATABASE_URL -u REDIS_URL -u PORTAL_ENV -u PORTAL_DEMO -u EMAIL_URL -u ODOO_URL -u ODOO_DB -u ODOO_USER -u ODOO_PASSWORD -u ODOO_PROTOCOL -u CLAMD_URL -u MRN_SHAPES
TEST_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)

.PHONY: help run test test-all test-pg test-browser test-thorough test-odoo test-long test-deep seeded-bugs bench lint format lock messages pictures reset

help: ## Say what each target does
	@echo "Hospital service portal"
	@echo
	@echo "  make run           try it out: http://127.0.0.1:8000/ with people, a catalogue and a stand-in Odoo"
	@echo "                     the data stay in $(VAR)/; PORTAL_PORT=9000 make run takes another port"
	@echo "                     the first start plays half a year of requests; DEMO=empty make run leaves them out"
	@echo "                     ODOO_URL ODOO_DB ODOO_USER ODOO_PASSWORD: your own Odoo instead of the stand-in"
	@echo "  make reset         throw the data of make run away"
	@echo
	@echo "  make test          the quick tests, which need nothing but this machine (4 minutes)"
	@echo "  make test-all      those that tests/slow.txt names as well"
	@echo "  make test-pg       all of them on PostgreSQL and Redis, with real workers"
	@echo "                     TEST_DATABASE_URL=$(TEST_DATABASE_URL)"
	@echo "                     TEST_REDIS_URL=$(TEST_REDIS_URL)"
	@echo "  make test-browser  the pages in Chromium (apt-get install chromium)"
	@echo "  make test-thorough the searches of CI: random lives of requests, every person in every state, proofs of policies"
	@echo "  make test-odoo     the contract with Odoo, against a real one:"
	@echo "                     ODOO_TEST_URL ODOO_TEST_DB ODOO_TEST_USER ODOO_TEST_PASSWORD"
	@echo "  make test-long     what takes half a minute a test: the demonstration twice, many calls of the API"
	@echo "  make test-deep     the searches that take minutes"
	@echo "  make seeded-bugs   break deciding in one place after the other, and see each mistake found"
	@echo "  make bench         what pages cost, beside floors (TEST_DATABASE_URL; BENCH=small: 2,000 requests, 2 rounds)"
	@echo "  ARGS='-k inbox -x' goes to pytest: make test ARGS='tests/sla -k holiday'"
	@echo
	@echo "  make lint          style, types, imports, templates, migrations, deploy checks"
	@echo "  make format        let ruff and djade write the style"
	@echo "  make pictures      take the pictures of the README from the running demonstration"
	@echo "  make messages      collect the strings to translate (gettext)"
	@echo "  make lock          pin the newest versions that requirements*.in allow"
	@echo
	@echo "All settings come from the environment: see the top of portal/settings.py."

# --- environment ----------------------------------------------------------------------------------------------------
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. Name another: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the Python environment in .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing what requirements.txt names (a minute or two, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing what the tests need (requirements-dev.txt) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VAR)/static/.collected: $(STATIC_SOURCES) .venv/.runtime
	@$(BIN)/python manage.py collectstatic --noinput --clear -v 0
	@touch $@

# --- try it out -----------------------------------------------------------------------------------------------------
run: .venv/.runtime $(VAR)/static/.collected ## Start the portal here; the second start takes seconds
	@exec $(BIN)/python manage.py serve --demo

reset: ## Throw the data of make run away
	@rm -rf "$(VAR)" && echo "$(VAR)/ is gone; make run starts afresh."

# --- tests ----------------------------------------------------------------------------------------------------------
test: .venv/.dev ## What is quick, on SQLite
	@$(ALONE) $(PYTEST) -n 2 -m "not slow" $(ARGS)

test-all: .venv/.dev ## Everything that runs here, on SQLite
	@$(ALONE) $(PYTEST) -n 2 $(ARGS)

test-pg: .venv/.dev ## Everything, on PostgreSQL and Redis with real workers
	@$(ALONE) DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) REQUIRED_TESTS=postgres,workers \
	  $(PYTEST) -n 2 $(ARGS)

test-browser: .venv/.dev ## The pages, in Chromium
	@$(ALONE) STATIC_MANIFEST=1 $(BIN)/python manage.py collectstatic --noinput -v 0
	@$(ALONE) STATIC_MANIFEST=1 REQUIRED_TESTS=browser $(PYTEST) -n 2 -m browser --timeout=180 $(ARGS)

test-thorough: .venv/.dev ## Searches that say the same on every database: random lives of requests, who may do what, proofs
	@$(ALONE) TEST_THOROUGH=1 REQUIRED_TESTS=thorough $(PYTEST) -n 2 -m thorough --timeout=600 $(ARGS)

test-odoo: .venv/.dev ## The contract suite against a real Odoo
	@: $${ODOO_TEST_URL:?Set ODOO_TEST_URL ODOO_TEST_DB ODOO_TEST_USER ODOO_TEST_PASSWORD}
	@$(ALONE) $(PYTEST) tests/odoo/test_contract.py tests/odoo/test_once.py tests/odoo/test_maintenance.py --timeout=300 $(ARGS)

test-long: .venv/.dev ## The demonstration played again and again, the API called by schemathesis
	@$(ALONE) TEST_LONG=1 REQUIRED_TESTS=long $(PYTEST) -n 2 -m long --timeout=300 $(ARGS)

test-deep: .venv/.dev ## The long searches
	@$(ALONE) TEST_DEEP=1 $(PYTEST) -n 2 --timeout=900 $(ARGS)

seeded-bugs: .venv/.dev ## Mistakes made on purpose, each found by the state machine of deciding
	@$(ALONE) $(BIN)/python -m tests.approvals.machine.seeded $(ARGS)

bench: .venv/.dev ## What pages cost beside floors that do the least (docs/benchmarks.md)
	@$(ALONE) DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m tests.bench.run $(if $(filter small,$(BENCH)),--small) $(ARGS)

# --- style ----------------------------------------------------------------------------------------------------------
PRODUCTION_LIKE := PORTAL_ENV=production ALLOWED_HOSTS=portal.example DATABASE_URL=postgresql://portal@127.0.0.1/portal \
  REDIS_URL=redis://127.0.0.1 SECRET_KEY=x9Qv7Lr2Tz5Wm8Kp4Yc1Bn6Hs3Jd0Fg-Ua_Ei-Xo9Rt7Mw2Nk5Lb8Pq4 \
  ODOO_URL=https://odoo.example ODOO_DB=odoo ODOO_USER=portal ODOO_PASSWORD=secret CLAMD_URL=tcp://clamd:3310

LINTS := lint-style lint-types lint-imports lint-templates lint-migrations lint-deploy
.PHONY: $(LINTS)
lint: .venv/.dev ## Style, types, imports, templates, migrations, deploy checks: all of them, then fail if one did
	@$(MAKE) -sk $(LINTS)

lint-style:
	@echo "ruff"; $(BIN)/ruff check -q .; $(BIN)/ruff format -q --check .

lint-types:
	@echo "mypy"; $(ALONE) $(BIN)/mypy

lint-imports:
	@echo "import-linter"; $(ALONE) $(BIN)/lint-imports | tail -n +9

lint-templates:
	@echo "djade"; find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 --check

lint-migrations:
	@echo "makemigrations --check"; $(ALONE) $(BIN)/python manage.py makemigrations --check --dry-run

lint-deploy:
	@echo "check --deploy"; $(ALONE) $(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.dev ## Let the tools write the style
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 || true

lock: $(BIN)/python ## Pin the newest versions that requirements*.in allow
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-emit-index-url requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-emit-index-url -c requirements.txt \
	  requirements-dev.in -o requirements-dev.txt

pictures: .venv/.dev ## Take the pictures of the README from the running demonstration
	@$(BIN)/python docs/pictures/take.py $(ARGS)

messages: .venv/.dev ## Collect the strings to translate (needs gettext)
	@$(BIN)/python manage.py makemessages --all --ignore=.venv --ignore=var
