# Loopwright in one word each. A fresh clone needs nothing before these.
#
#   make jam ARGS="--tempo 120"   play (own virtual environment, first call installs)
#   make test                     the tests, with what they need (torch, the JACK server)
#   make check                    ruff and pyright, strict
#   make test-host                Ardour leads, we follow; installs Debian's ardour where it can
#   make soak                     long: ten million happenings, ten minutes of faults through JACK
#   make tables ARCHIVE=songs.zip the loop paper's tables, for the presets that ship
#   make train-tables ARCHIVE=... train all that these tables compare; then MODELS=work/tables
#   make bench                    speed and timing, printed and saved in .benchmarks/
#   make install                  what `make jam` installs, without playing
#   make clean                    away with everything that these made
#
# PYTHON=/some/python3.12 chooses the interpreter; PIP_ARGS="..." goes to every pip install.

VENV     ?= .venv
ARGS     ?=
PIP_ARGS ?=
ARCHIVE  ?=
MODELS   ?= presets
WORK     ?= work/tables

PYTHON_IN := $(VENV)/bin/python
# Two q: errors only. Building with the pinned setuptools of the environment, not a newer one.
INSTALL := $(PYTHON_IN) -m pip install -qq --disable-pip-version-check -c constraints.txt $(PIP_ARGS)

.PHONY: help install jam test test-host soak check bench clean
.PHONY: tables train-tables
.PHONY: packages-jam packages-test packages-host
.DELETE_ON_ERROR:

help:
	@sed -n '/^[^#]/q; s/^# \{0,1\}//p' Makefile

install: packages-jam $(VENV)/.runtime

jam: packages-jam $(VENV)/.runtime
	@$(VENV)/bin/loopwright jam $(ARGS)

test: packages-test $(VENV)/.development
	@.ci/tests $(PYTHON_IN) $(ARGS)

test-host: packages-host $(VENV)/.development
	@$(PYTHON_IN) tests/host/ardour.py

soak: packages-test $(VENV)/.development
	@$(PYTHON_IN) tests/soak/pure.py
	@$(PYTHON_IN) tests/soak/presets.py --cases 2000
	@$(PYTHON_IN) tests/soak/jack.py $(ARGS)
	@$(PYTHON_IN) tests/soak/switches.py $(ARGS)

check: $(VENV)/.development
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/basedpyright --pythonpath $(PYTHON_IN)

bench: $(VENV)/.development
	@$(PYTHON_IN) -m pytest tests/bench --benchmark-only --benchmark-autosave $(ARGS)

tables: $(WORK)/data.npz
	@$(VENV)/bin/loopwright evaluate $(MODELS) --paper loop --data $< --out $(WORK)/out

# t, L and K of table 2.
SHAPES := "32 16 256" "32 16 512" "32 32 512" "64 16 256" "64 16 512" "64 32 512"
# Each step goes on where it was cut off, and a finished one is not done again.
train-tables: $(WORK)/data.npz
	@set -e; for shape in $(SHAPES); do \
	    $(VENV)/bin/loopwright train loops $< --shape $$shape --no-prior --epochs 20 \
	        --out "$(WORK)/shape-$$(echo $$shape | tr ' ' -)" $(ARGS); done
	@set -e; for model in beats vq ar nonar cnn; do \
	    $(VENV)/bin/loopwright train loops $< --model $$model --out $(WORK)/run-$$model $(ARGS); \
	    [ -d $(WORK)/$$model ] || $(VENV)/bin/loopwright export $(WORK)/run-$$model \
	        --out $(WORK)/$$model --held-out $<; done

$(WORK)/data.npz: | $(VENV)/.development
	@[ -n "$(ARCHIVE)" ] || { echo "Loopwright: say ARCHIVE=songs.zip, songs to take loops from"; \
	    exit 2; }
	@$(VENV)/bin/loopwright train data $(ARCHIVE) --out $@ --meter wide --first-drums kick --stride 1

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages-jam:
	@.ci/debian-packages jam

packages-test:
	@.ci/debian-packages test

packages-host:
	@.ci/debian-packages host

# Stamps: made when their step ended well, so a broken one is done again and a whole one is not.
$(VENV)/.made: | packages-jam
	@python=$$(.ci/find-python) && echo "Loopwright: making $(VENV) with $$python" && \
	    "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Loopwright: installing (some 300 MB to download on Linux and Windows, less on a Mac)"
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation -e ".[jack]"
	@touch $@

$(VENV)/.development: $(VENV)/.runtime
	@echo "Loopwright: installing what training and the tests need (torch is large)"
	@$(INSTALL) --no-build-isolation -e ".[jack,test,training]"
	@touch $@
