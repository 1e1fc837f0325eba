"""Set-up and daily commands of the project, behind the Makefile: `python3 -m tools <command>`.

One concept per file:

| File                 | Concept                                                               |
|----------------------|-----------------------------------------------------------------------|
| `__main__.py`        | the commands                                                          |
| `project.py`         | the project's folders, files, modules and fingerprints                |
| `steps.py`           | a long step: progress, log file, failure; one set-up at a time        |
| `odoo_source.py`     | where Odoo itself comes from                                          |
| `environment.py`     | the virtual environment                                               |
| `system_packages.py` | programs of the operating system (browser, PDF writer)                |
| `postgres.py`        | the database server, somebody's or our own                            |
| `databases.py`       | template databases and throw-away copies                              |
| `inside_odoo.py`     | what runs inside Odoo: install modules, tell the story, measure        |

Everything made lies in `.build/`; removing that folder (`make clean`) undoes everything. Each piece
is made under a temporary name and stamped or renamed when complete, so a run that was interrupted
is simply started again.

Variables that change the behaviour, all optional:

| Variable                      | Effect                                                          |
|-------------------------------|-----------------------------------------------------------------|
| `ODOO_PATH`                   | use this checkout of Odoo 19 (the folder with odoo/, addons/)   |
| `PYTHON`                      | build the environment with this interpreter (3.10 to 3.13)      |
| `PGHOST`, `PGPORT`, `PGUSER`… | use this PostgreSQL server; only databases aftersales_* change  |
| `DEMO_SERVE=0`                | `make demo` ends after the story instead of serving             |
| `ARGS`                        | of `test` (pytest), `bench`, `scale`                            |

The commands start with any Python 3 and its standard library, make the environment, and go on
inside it; `databases` and `inside_odoo` need its packages.
"""
