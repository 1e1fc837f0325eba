# The commands live in tools/ (plain Python); `make` or `make help` lists them.
PYTHON ?= python3
export ARGS DEMO_SERVE ODOO_PATH PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test coverage proof neighbours mutants lint bench scale load pictures translations listing shell psql clean

help demo test coverage proof neighbours mutants lint bench scale load pictures translations listing shell psql clean:
	@$(PYTHON) -m tools $@
