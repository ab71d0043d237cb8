PYTHON ?= python3
PORT ?= 8000
TODAY ?=
RESET ?=

CURE = apt-get install git make python3 python3-venv
PIP = .venv/bin/python -m pip install --quiet --no-compile --no-input --disable-pip-version-check
LOG = .venv/install.log

# $(call install,FILE,STAMPS): the stamps of a running install are gone, so that one that was cut short starts afresh.
define install
	@rm -f .venv/.installed .venv/.installed-dev
	@echo "Installing $(1) into .venv ..."
	@$(PIP) -r $(1) >$(LOG) 2>&1 || { \
		echo "pip could not install $(1): is the network there? The end of $(LOG):" >&2; tail -n 15 $(LOG) >&2; exit 1; }
	@touch $(2)
endef

.PHONY: help demo test lint messages screenshots lighthouse clean

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

demo: export DEBUG = true
demo: .venv/.installed ## the demonstration on http://127.0.0.1:8000 [PORT=8001] [TODAY=2014-06-25] [RESET=1]
	@.venv/bin/python manage.py demo --port $(PORT) $(if $(TODAY),--today $(TODAY)) $(if $(RESET),--reset)

test: .venv/.installed-dev ## the whole suite on SQLite, and on PostgreSQL with Redis
	@.venv/bin/python -m roadmap.tests.both

lint: export DEBUG = true
lint: .venv/.installed-dev ## style, missing migrations, catalogs, production settings, packages
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@DATABASE_URL=sqlite:///:memory: .venv/bin/python manage.py makemigrations --check --dry-run
	@if command -v msgfmt >/dev/null; then for catalog in roadmap/locale*/*/LC_MESSAGES/*.po; do \
		msgfmt --check --output-file=/dev/null $$catalog || exit 1; done; fi
	@DEBUG=false SECRET_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(30))') \
		ALLOWED_HOSTS=example.kz DATABASE_URL=postgres://user:password@127.0.0.1/roadmap \
		REDIS_URL=redis://127.0.0.1/0 EMAIL_URL=smtp://127.0.0.1:25 \
		.venv/bin/python manage.py check --deploy --fail-level WARNING
	@.venv/bin/python -m pip check --disable-pip-version-check

messages: export DEBUG = true
messages: .venv/.installed-dev ## renew the translations' catalogs (developers; needs gettext)
	@.venv/bin/python manage.py makemessages -l kk -l ru --no-location --no-wrap --ignore .venv --ignore var
	@.venv/bin/python manage.py compilemessages --ignore .venv --ignore var

screenshots: .venv/.installed-dev ## take the pictures of the help pages and of the README anew (developers; needs Chromium)
	@.venv/bin/python -m reporting.tests.browser.pictures

lighthouse: .venv/.installed-dev ## performance, accessibility, best practices of each role's first page (needs Chromium, npm)
	@.venv/bin/python -m reporting.tests.browser.lighthouse

clean: ## remove .venv and caches; what was typed into the demonstration stays in var/
	@rm -rf .venv .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python: ;

.venv/.installed: requirements.txt .venv/bin/python
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: $(CURE)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is older than 3.11: $(CURE), or name a newer one with PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv: $(CURE)" >&2; exit 1; }
	@said=$$($(PYTHON) -m venv --clear .venv 2>&1) || { \
		echo "$(PYTHON) cannot make .venv: $(CURE)" >&2; echo "$$said" | tail -n 5 >&2; exit 1; }
	$(call install,requirements.txt,$@)

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(call install,requirements-dev.txt,.venv/.installed $@)
