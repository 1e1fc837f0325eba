"""Set-up and daily commands of the project, behind the Makefile: `python3 -m tools <command>`.

One concept per file:

| File                | Concept                                                               |
|---------------------|-----------------------------------------------------------------------|
| `__main__.py`       | the commands                                                          |
| `project.py`        | the project's folders, files, modules and fingerprints                |
| `steps.py`          | a long step: progress, log file, failure; one set-up at a time        |
| `odoo_source.py`    | where Odoo itself comes from                                          |
| `environment.py`    | the virtual environment                                               |
| `system_packages.py`| programs of the operating system (browser, PDF writer)                |
| `postgres.py`       | the database server, somebody's or our own                            |
| `databases.py`      | template databases and throw-away copies                              |
| `inside_odoo.py`    | the two scripts that run inside Odoo: install modules, tell the story |

Everything made lies in `.build/`; removing that folder (`make clean`) undoes everything. Every piece is made under a
temporary name and stamped or renamed when complete, so an interrupted run is simply started again.

Variables that change the behaviour (all optional):

| Variable                          | Effect                                                                       |
|-----------------------------------|------------------------------------------------------------------------------|
| `ODOO_PATH`                       | use this checkout of Odoo 19 (the folder with `odoo/` and `addons/`)         |
| `PYTHON`                          | the interpreter to build the environment with (3.10 to 3.13)                 |
| `PGHOST`, `PGPORT`, `PGUSER`, ... | use this PostgreSQL server; only databases named `aftersales_*` are touched  |
| `DEMO_SERVE=0`                    | `make demo` ends after the story instead of serving                          |
| `ARGS`                            | further arguments of `make test` (pytest's)                                  |

Nothing here but `inside_odoo`, `postgres` and `databases` needs more than the standard library, and nothing needs to be
installed before the first run.
"""
