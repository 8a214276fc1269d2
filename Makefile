# Every target works from a fresh checkout; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The targets share one environment and one set of outputs: side by side they would only get in each other's way.
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
VERIFIERS := $(VENV)/.verifiers
# Added to each command of `make demo`, e.g. DEMO_FLAGS="--sft.steps 5".
DEMO_FLAGS ?=
# Added to pytest's command line, e.g. TEST_FLAGS="-k rewards -x".
TEST_FLAGS ?=
# Added to the command line of `make bench-evaluate`.
BENCH_FLAGS ?=

# What `make doctor` is to check, e.g. DOCTOR_FLAGS="demo --grpo.steps 5".
DOCTOR_FLAGS ?=

# PYTHON if it is given, else the first of these that is 3.11 or 3.12 and can make an environment.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))
find_python = $(firstword $(foreach p,$(or $(PYTHON),python3.11 python3.12 python3), \
	$(shell $(p) -c '$(USABLE)' >/dev/null 2>&1 && echo $(p))))

.PHONY: help
help: ## this list
	@echo "SQL RLVR. Targets:"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

.PHONY: demo
demo: install ## the whole pipeline on the demo: evaluate base, SFT, evaluate, GRPO, evaluate; goes on where it stopped
	$(PY) evaluate.py demo --eval.stage base $(DEMO_FLAGS)
	$(PY) train_sft.py demo $(DEMO_FLAGS)
	$(PY) evaluate.py demo --eval.stage sft $(DEMO_FLAGS)
	$(PY) train_grpo.py demo $(DEMO_FLAGS)
	$(PY) evaluate.py demo --eval.stage grpo $(DEMO_FLAGS)
	$(PY) evaluate.py demo --report $(DEMO_FLAGS)

.PHONY: test
test: install verifiers ## install what is missing and run the whole test suite
	$(PY) -m pytest $(TEST_FLAGS)

.PHONY: test-fast
test-fast: install ## the tests that train nothing
	$(PY) -m pytest -m "not slow" $(TEST_FLAGS)

.PHONY: lint
lint: install ## ruff: rules and formatting
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# Installs nothing: it is asked when something is wrong with what is installed, or when that is the GPU lock.
.PHONY: doctor
doctor: ## is this machine fit for a run: versions, GPU, memory, disk, data, model, execution; what to do where it isn't
	@test -x $(PY) || { echo "make: $(PY) isn't there; run make install first" >&2; exit 2; }
	@$(PY) utils.py doctor $(DOCTOR_FLAGS)

.PHONY: bench-reward
bench-reward: install ## how fast rewards are, against SQLite alone and against the usual way
	$(PY) tests/bench_reward.py

.PHONY: bench-evaluate
bench-evaluate: install ## how fast the scoring of files is, against golds alone or the official evaluator
	$(PY) tests/bench_evaluate.py $(BENCH_FLAGS)

.PHONY: spider
spider: install ## download the real Spider (206 MB), verify it and unpack it into spider_data/
	$(PY) -m text2sql.data install --root spider_data

.PHONY: demo-data
demo-data: install ## rebuild spider_data/demo from the readable sources in spider_data/demo_source
	$(PY) spider_data/build_demo.py

.PHONY: lock
lock: ## write locks/*.txt again from pyproject.toml (needs uv; LOCK_FLAGS=--upgrade moves the versions)
	locks/lock.sh $(LOCK_FLAGS)

.PHONY: contract
contract: install ## write tests/contract/*.json again: the parameter names of Unsloth, TRL, vLLM as the locks pin them
	$(PY) tests/contract/dump.py

.PHONY: clean
clean: ## remove the demo's outputs and caches; keeps .venv, other runs and downloaded data
	rm -rf outputs/demo unsloth_compiled_cache .pytest_cache .hypothesis .ruff_cache build ./*.egg-info \
		environments/*/build environments/*/*.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: verifiers
verifiers: $(VERIFIERS) ## add the verifiers library, for docs/verifiers.md and its tests

$(VERIFIERS): locks/verifiers.txt $(STAMP)
	$(PY) -m pip install -qq --disable-pip-version-check --no-deps -r $<
	touch $@

.PHONY: install
install: $(STAMP) ## create .venv with the pinned CPU versions; instant when it is up to date

# torch first, with its own needs: pip takes a CPU build where an index or find-links offers one, else the usual CUDA build.
# Then everything else exactly as listed; the lock's header says why --no-deps.
$(STAMP): locks/cpu-py311.txt locks/cpu-py312.txt
	@if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	    python="$(find_python)"; \
	    if [ -z "$$python" ]; then \
	        echo "make: no usable Python. This needs Python 3.11 or 3.12 with its venv module (Debian, Ubuntu: apt install" \
	            "python3-venv); name one with 'make PYTHON=/path/to/python3.11 $(or $(firstword $(MAKECMDGOALS)),install)'." >&2; \
	        exit 2; \
	    fi; \
	    echo "Creating $(VENV) with $$("$$python" --version)."; \
	    "$$python" -m venv $(VENV); \
	fi; \
	lock=$$($(PY) -c 'import sys; print("locks/cpu-py%d%d.txt" % sys.version_info[:2])'); \
	if [ ! -f "$$lock" ]; then \
	    echo "make: $(VENV) holds $$($(PY) --version), and this needs 3.11 or 3.12: remove $(VENV) and try again." >&2; exit 2; \
	fi; \
	torch=$$(grep '^torch==' "$$lock"); \
	echo "Installing $$torch (1/2): half a minute for a CPU build, some minutes for the CUDA build (GBs)."; \
	$(PY) -m pip install -qq --disable-pip-version-check -c "$$lock" "$$torch"; \
	echo "Installing the $$(grep -c '^[a-z].*==' "$$lock") packages of $$lock (2/2): two to four minutes."; \
	$(PY) -m pip install -qq --disable-pip-version-check --no-deps -r "$$lock"; \
	touch $@; \
	echo "Installed in $$SECONDS s."
