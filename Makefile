# What one does with this course, by name. `make help` lists it; CONTRIBUTING.md says when.

PYTHON ?= python3
VENV ?= .venv
RUN = "$(VENV)/bin/python"
READY = $(VENV)/ready
$(if $(word 2,$(VENV)),$(error VENV must not contain a space, and it is "$(VENV)"))
# A pip configured with user = true would refuse to install into an environment.
export PIP_USER = 0
INSTALL = $(RUN) -m pip install --disable-pip-version-check --progress-bar off

.PHONY: help lab test test-load notebooks student test-student test-environments test-claims test-processors \
        test-browser book test-book classroom test-classroom bench pictures lint survivors maintainer \
        constraints

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

lab: $(READY) ## open JupyterLab on README.md, which leads to the lessons
	$(RUN) lab.py

test: $(READY) ## check every lesson, strictly, and the helpers
	$(RUN) -m pytest --nbval -n 2 --durations=10

notebooks: $(READY) ## run the lessons and store their outputs
	$(RUN) tools/execute.py

student: $(READY) ## write the student edition, a folder and a zip, into build/
	$(RUN) tools/student.py

test-student: student ## run the student edition, nothing solved, with its own helpers
	cd build/student && PYTHONPATH="$$PWD" "$(abspath $(VENV))/bin/python" -m pytest --nbval -n 2 \
	    -c pyproject.toml notebooks

test-load: $(READY) ## run the lessons, and what has a time limit, beside four busy processes
	$(RUN) tools/load.py 4 $(RUN) -m pytest --nbval -n 2 --durations=10 notebooks tests/test_limits.py \
	    tests/test_why_none.py tests/test_workers.py

# Some of the tests of a maintainer last long.
SLOW = -o faulthandler_timeout=1800

test-environments: $(READY) ## install the course, and run lessons, as readers' machines and readers do
	$(RUN) -m pytest -m environments tests -v --durations=0 $(SLOW)

test-claims: $(READY) ## try what the lessons say by slow experiments
	$(RUN) -m pytest -m claims tests/claims -v --durations=10 $(SLOW)

test-processors: $(READY) ## run the lessons under several processors' arithmetic
	$(RUN) tools/processors.py

test-browser: $(VENV)/browser ## run every lesson in JupyterLab in Chromium, and take screenshots
	$(RUN) -m pytest tests/browser/lessons.py -v --log-cli-level=INFO --durations=10 $(SLOW)

book: $(VENV)/book ## write the course as a web book into build/book/
	$(RUN) tools/book/write.py

test-book: $(VENV)/browser book ## open every page of the book in Chromium
	$(RUN) -m pytest tests/browser/book.py -v --durations=5 $(SLOW)

classroom: $(VENV)/classroom student ## make this machine ready to serve a class; TEACHING.md says how
	chmod a+rX . tools build
	chmod -R a+rX build/student check data helpers tools/classroom verdict "$(VENV)"

test-classroom: classroom ## as root: try the class's server, on a copy of this machine, and measure
	tests/classroom/machine.sh $(RUN) -m pytest tests/classroom/classroom.py -v --log-cli-level=INFO $(SLOW) $(ARGS)

bench: $(READY) ## race the training loops of lesson 07
	$(RUN) tools/benchmark.py

pictures: $(READY) ## take the README's pictures from the lessons' figures
	$(RUN) tools/pictures.py

lint: $(VENV)/lint ## check the style of code and notebooks, and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

survivors: $(READY) ## LESSON=03: list the derived wrong answers that its checks accept
	$(RUN) tools/survivors.py $(or $(LESSON),$(error Name a lesson: make survivors LESSON=03))

maintainer: $(VENV)/maintainer ## install what a maintainer needs besides: nbdime, uv, pre-commit

# What constraints.txt holds stays, as far as requirements.txt allows; UPGRADE=1 takes the newest.
constraints: $(VENV)/maintainer ## resolve what requirements.txt changed; UPGRADE=1: everything
	sed '/^-/d' requirements.txt | $(RUN) -m uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal \
	    --python-version 3.11 --no-header --no-annotate --output-file constraints.txt -

$(READY): requirements.txt constraints.txt pyproject.toml build_backend.py
	@$(PYTHON) -c 'import sys; v = sys.version_info; (3, 11) <= v < (3, 14) or sys.exit(f"Python 3.11, 3.12 or 3.13 is needed, and {sys.executable} is {v.major}.{v.minor}. Name another: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv "$(VENV)"
	$(INSTALL) -r requirements.txt
	@touch "$(READY)"

$(VENV)/browser: $(READY) tests/browser/requirements.txt
	$(INSTALL) -r tests/browser/requirements.txt
	@touch "$(VENV)/browser"

$(VENV)/book: $(READY) tools/book/requirements.txt
	$(INSTALL) -r tools/book/requirements.txt
	@touch "$(VENV)/book"

$(VENV)/classroom: $(READY) tools/classroom/requirements.txt tools/classroom/package.json
	$(INSTALL) -r tools/classroom/requirements.txt
	cd tools/classroom && npm install --no-package-lock --no-audit --no-fund
	$(RUN) -m compileall -q helpers check verdict
	@touch "$(VENV)/classroom"

$(VENV)/lint: $(READY) tools/requirements-lint.txt
	$(INSTALL) -r tools/requirements-lint.txt
	@touch "$(VENV)/lint"

$(VENV)/maintainer: $(READY) tools/requirements.txt
	$(INSTALL) -r tools/requirements.txt
	@touch "$(VENV)/maintainer"
