# Everything a person or CI runs. Each check is defined here once. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
LEAN := .venv-bench/run.stamp
NODE_MODULES := tests/oracle/node_modules/.stamp
# The Crossplanes that are tested.
OLDEST := 2.3.4
NEWEST := 2.4.2
LOCK := $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help demo up down test lint format oracle hostnames binaries newest engine crds render packages packages-from-scratch check-packages e2e e2e-newest e2e-oldest real faults load catalogue events bench goldens xrds lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-22s %s\n", $$1, $$2}'

demo: $(RUN) ## render the smallest example, as PodIdentity and as claim
	@printf '\n# examples/smallest/xr.yaml: a PodIdentity with its status, and the Role and PodIdentityAssociation composed for it\n'
	@$(VENV)/bin/podidentity render examples/smallest/xr.yaml --catalogue examples/smallest/catalogue.yaml
	@printf '\n# examples/smallest/claim.yaml: the same as a claim, which composes cluster-scoped resources\n'
	@$(VENV)/bin/podidentity render examples/smallest/claim.yaml --catalogue examples/smallest/catalogue.yaml
	@printf '\n'; printf '%s\n' 'What next:' \
	  '  $(VENV)/bin/podidentity validate FILE   every error of a PodIdentity of yours, with its path' \
	  '  $(VENV)/bin/podidentity render FILE     what it renders; nothing leaves this machine' \
	  '  ls examples                          more cases, each with what it renders to beside it' \
	  '  make test                            the tests'

up: $(DEV) ## a real Crossplane on this machine, with these packages installed (Linux; CROSSPLANE=2.3.4 for an older one)
	@$(VENV)/bin/python -m tests.controlplane up $(if $(CROSSPLANE),--crossplane=$(CROSSPLANE))

down: $(DEV) ## end it, and what a test run left behind
	@$(VENV)/bin/python -m tests.controlplane down

test: $(DEV) ## unit tests, goldens, bad input, properties, policy linters
	$(VENV)/bin/python -m pytest --numprocesses=auto --dist=worksteal -m 'not oracle and not engine and not e2e and not real'

lint: $(DEV) ## formatting, ruff, mypy, import contracts
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(DEV) ## format the code
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

oracle: $(DEV) $(NODE_MODULES) hostnames ## judged by programs that others wrote: iam-simulate (under Node), vCluster (built with Go, once)
	$(VENV)/bin/python -m pytest -m oracle -s

hostnames: $(DEV) # vCluster's own translation
	$(VENV)/bin/python -m tests.tools.binaries --oracle

binaries: $(DEV) ## build Crossplane and Kubernetes from their Go modules (once, cached outside the tree)
	$(VENV)/bin/python -m tests.tools.binaries

newest: $(DEV) # all of it but an older Crossplane
	$(VENV)/bin/python -m tests.tools.binaries --newest

engine: $(DEV) # the part of them that renders, validates and packages
	$(VENV)/bin/python -m tests.tools.binaries --engine

crds: $(DEV) ## fetch the providers' CRDs from their Go modules (or name a folder: PROVIDER_CRDS=...)
	$(VENV)/bin/python -m tests.tools.crds

packages: $(DEV) engine ## build the three packages into dist/ (docker or buildah; BUILD_IMAGE names another image to build on)
	$(VENV)/bin/python -m package.build --crossplane $$($(VENV)/bin/python -m tests.tools.binaries --path crossplane-cli)

packages-from-scratch: $(DEV) engine ## the same on a base image made with mmdebstrap, where none can be pulled
	$(VENV)/bin/python -m tests.engine.base_image

render: $(DEV) engine ## every example through Crossplane's own engine, and against the providers' CRDs
	$(VENV)/bin/python -m pytest -m 'engine and not packages'

check-packages: $(DEV) ## what is in the built packages, and that the Function's image runs
	$(VENV)/bin/python -m pytest -m packages

e2e: $(DEV) binaries ## a real control plane, and everything that can go wrong with it, on every Crossplane that is tested
	for version in $(or $(CROSSPLANE),$(OLDEST) $(NEWEST)); do CROSSPLANE=$$version $(VENV)/bin/python -m pytest -m e2e --durations=5 || exit 1; done

e2e-newest: $(DEV) newest ## all of that on the newest Crossplane alone
	CROSSPLANE=$(NEWEST) $(VENV)/bin/python -m pytest -m e2e --durations=20

e2e-oldest: $(DEV) binaries ## on the oldest Crossplane what is most likely to differ there, and the upgrade to the newest
	CROSSPLANE=$(OLDEST) $(VENV)/bin/python -m pytest -m 'e2e and oldest' --durations=5

real: $(DEV) ## the scenarios on the real provider-aws and an emulated AWS (PROVIDER_AWS=FOLDER with its programs); writes tests/real/real.md
	$(VENV)/bin/python -m tests.real

faults: $(DEV) binaries ## the fault matrix, by hand; writes tests/e2e/faults.md
	$(VENV)/bin/python -m tests.e2e faults $(if $(CROSSPLANE),--crossplane=$(CROSSPLANE))

load: $(DEV) binaries ## many PodIdentities at once (N=1000), by hand; writes tests/e2e/load.md
	$(VENV)/bin/python -m tests.e2e load $(if $(N),--number=$(N)) $(if $(CROSSPLANE),--crossplane=$(CROSSPLANE))

catalogue: $(DEV) binaries ## one entry of the catalogue edited that many PodIdentities name (N=500), by hand; writes tests/e2e/catalogue.md
	$(VENV)/bin/python -m tests.e2e catalogue $(if $(N),--number=$(N)) $(if $(CROSSPLANE),--crossplane=$(CROSSPLANE))

events: $(DEV) binaries ## what one edit leads to in changes of objects, by hand; writes tests/e2e/events.md
	$(VENV)/bin/python -m tests.e2e events $(if $(CROSSPLANE),--crossplane=$(CROSSPLANE))

bench: $(DEV) $(if $(HOSTILE),,$(LEAN)) ## latency against an echo function, start-up, memory; with HOSTILE=1 the worst that a tenant can send (ARGS=--help)
	$(VENV)/bin/python -m $(if $(HOSTILE),tests.bench.hostile,tests.bench.latency --python .venv-bench/bin/python) $(ARGS)
	$(if $(HOSTILE),$(VENV)/bin/python -m tests.bench.fairness)

goldens: $(DEV) ## write the examples' expected output anew; read the diff
	WRITE_GOLDENS=1 $(VENV)/bin/python -m pytest tests/test_examples.py

xrds: $(DEV) ## make the XRDs anew from the models
	$(VENV)/bin/python -m package.xrds

lock: $(DEV) ## resolve the dependencies anew
	$(LOCK) --upgrade pyproject.toml --output-file requirements.lock
	$(LOCK) --upgrade pyproject.toml --extra dev --output-file requirements-dev.lock
	$(VENV)/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	  | $(LOCK) --upgrade - --output-file requirements-build.lock

clean: ## remove what the other targets made
	rm -rf $(VENV) .venv-bench tests/oracle/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

define VENV_OF
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is not Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into $(@D) (once) ..."
	@$(PYTHON) -m venv $(@D) || { echo "error: $(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
endef

$(RUN) $(LEAN): requirements.lock pyproject.toml
	$(call VENV_OF,requirements.lock)

$(DEV): requirements-dev.lock pyproject.toml
	$(call VENV_OF,requirements-dev.lock)
	@touch $(RUN)

$(NODE_MODULES): tests/oracle/package.json
	@command -v npm >/dev/null || { echo "error: npm is not installed, which 'make oracle' needs (Node 18 or newer); on Debian and Ubuntu: apt-get install nodejs npm"; exit 1; }
	cd tests/oracle && npm install --no-audit --no-fund --loglevel=error
	@touch $@
