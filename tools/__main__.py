"""The commands behind the Makefile; a docstring's first line is its line in `make help`."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import environment, odoo_source, project, serving, steps, system_packages
from .project import ROOT
from .steps import Failed, say

COVERAGE = ["coverage==7.17.3", "pytest-cov==7.1.0"]
GOAL_PERCENT = 95  # of the lines of our add-ons, run by a test
SIZES = [1_000, 1_000_000]  # contracts, of what is few and what is many
PICTURE_TESTS = "tests/test_pictures.py"
PEERS = ["fieldservice_recurring", "account_commission_oca"]  # beside which we measure
# of pytest, unless ARGS says what to run; a file stays together, as its classes share set-ups
# (one process more than cores: some wait for a browser, or for each other on purpose)
ON_EVERY_CORE = [f"--numprocesses={min(4, (os.cpu_count() or 1) + 1)}", "--dist=loadfile"]
ON_EVERY_CORE += ["--no-loadscope-reorder", "--durations=25"]

WHERE_TO_LOOK = """
  Open    http://localhost:{port}
  Log in  admin / admin

  Look first at
    After-Sales > Overview      numbers that open their lists
    After-Sales > Visits        the inspections on the calendar
    After-Sales > Contracts     Joel Willis, VIP: entitlements, visits, claims
    After-Sales > Rewards       what he earned for his neighbour, and how it was paid

  The people of the story log in with their role as name and password:
  salesperson, warehouse, billing, accountant, agent, technician, manager; and
  portal, Joel Willis himself, who reads and reports online. What each of them
  does is in docs/README.md.

  Ctrl-C ends the server; `make demo` starts it again with the same data.
"""


def demo() -> int:
    """Get everything, tell the story in a demo database, serve it (DEMO_SERVE=0: do not serve)."""
    from . import databases, postgres

    system_packages.ensure("wkhtmltopdf", "print PDF documents", ("wkhtmltopdf",))
    with postgres.server():
        with steps.one_at_a_time():
            databases.drop_stale()
            databases.ensure_demo()
        tell = [sys.executable, "-m", "tools.inside_odoo", "tell", databases.DEMO]
        code = steps.foreground(tell, cwd=ROOT)
        if code or os.environ.get("DEMO_SERVE") == "0":
            return code
        return _serve(databases.DEMO)


def _serve(database: str) -> int:
    """Serve a database on the next free port until Ctrl-C; return the status to end with."""
    from . import databases

    port = serving.free_port()
    log = project.LOGS / "server.log"
    options = [*databases.odoo_options(database), f"--db-filter=^{database}$", "--no-database-list"]
    options += [f"--http-port={port}", "--workers=0"]
    # in a session of its own: Ctrl-C reaches us alone, and Odoo is asked to stop once, not twice
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "odoo", *options],
            cwd=ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        serving.await_answer(f"http://127.0.0.1:{port}/web/health", server, log)
        if port != serving.FIRST_PORT:
            say(f"Port {serving.FIRST_PORT} is taken; serving on {port} instead.")
        say(WHERE_TO_LOOK.format(port=port))
        return server.wait()
    except KeyboardInterrupt:
        say("\nStopping ...")
        return 0
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def test() -> int:
    """Run every test (ARGS="-k word path" narrows them)."""
    return _test()


def _test(*options: str) -> int:
    """Run the tests that ARGS means with further options of pytest; return the status."""
    from . import databases

    system_packages.ensure("chromium", "run the browser tests", system_packages.BROWSERS)
    with _test_template():
        with databases.copy(databases.TEST_TEMPLATE, "test") as database:
            asked = shlex.split(os.environ.get("ARGS", "")) or ON_EVERY_CORE
            return _pytest(database, *options, *asked)


@contextmanager
def _test_template() -> Iterator[None]:
    """Have the database server, and in it the template of the tests as the add-ons are now."""
    from . import databases, postgres

    with postgres.server():
        with steps.one_at_a_time():
            databases.drop_stale()
            databases.ensure_test_template()
        yield


def _pytest(database: str, *arguments: str, **variables: str) -> int:
    """Run pytest on a database with variables of the environment; return its status."""
    from . import postgres

    options = [f"--odoo-database={database}", "--odoo-http", f"--odoo-addons-path={ROOT}"]
    options += ["--odoo-extra=http-interface=127.0.0.1"]
    options += [f"--odoo-extra=data-dir={project.BUILD / 'data'}"]
    with_programs = [os.environ["PATH"], str(postgres.binaries())]  # createdb and dropdb
    variables["PATH"] = os.pathsep.join(with_programs)
    variables["HYPOTHESIS_STORAGE_DIRECTORY"] = str(project.BUILD / "hypothesis")
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    return steps.foreground(command, cwd=ROOT, env={**os.environ, **variables})


def proof() -> int:
    """Run the proofs of docs/reliability.md in full, for hours (ARGS="R1 payout" narrows)."""
    from . import databases, proofs

    def on_a_copy(*arguments: str, **variables: str) -> int:
        with databases.copy(databases.TEST_TEMPLATE, "proof") as database:
            return _pytest(database, *arguments, **variables)

    with _test_template():
        return proofs.run(shlex.split(os.environ.get("ARGS", "")), on_a_copy)


def coverage() -> int:
    """Run every test, and list the lines of our add-ons that none runs (ARGS as for test)."""
    from . import covered

    for library in COVERAGE:
        environment.add(library)
    covered.REPORT.parent.mkdir(parents=True, exist_ok=True)
    covered.REPORT.unlink(missing_ok=True)
    partly = os.environ.get("ARGS")
    goal = 0 if partly else GOAL_PERCENT
    reports = ["--cov-report=term", f"--cov-report=json:{covered.REPORT}"]
    code = _test("--cov", *reports, f"--cov-fail-under={goal}")
    if partly or not covered.REPORT.exists():  # a few tests, or Ctrl-C
        return code
    return covered.run() or code


def neighbours() -> int:
    """Run our tests beside others' add-ons, and Odoo's beside ours (ARGS narrows)."""
    from . import databases, neighbours, postgres

    def on_every_core(database: str, *arguments: str) -> int:
        return _pytest(database, *ON_EVERY_CORE, *arguments)

    system_packages.ensure("chromium", "run the browser tests", system_packages.BROWSERS)
    with postgres.server():
        with steps.one_at_a_time():
            databases.drop_stale()
            databases.ensure_test_template()
            neighbours.ensure()
        return neighbours.run(shlex.split(os.environ.get("ARGS", "")), on_every_core)


def mutants() -> int:
    """Break calc/ in 2,000 places, and list what no test sees (ARGS="price lots" narrows)."""
    from . import mutants

    environment.add(mutants.LIBRARY)
    return mutants.run(shlex.split(os.environ.get("ARGS", "")))


def lint() -> int:
    """Check the style of the whole tree with ruff, pylint-odoo and Odoo's own checkers."""
    from . import lint

    return lint.run()


def bench() -> int:
    """Measure what our add-ons cost in time (ARGS="sale profile" narrows, shows where)."""
    from . import databases

    with _test_template():
        with (
            databases.copy(databases.TEST_TEMPLATE, "bench") as ours,
            databases.copy(databases.BASE[False], "bare") as bare,
            databases.copy(databases.TEST_TEMPLATE, "beside") as beside,
        ):
            databases.install(beside, PEERS)
            names = [ours, bare, beside, *shlex.split(os.environ.get("ARGS", ""))]
            measure = [sys.executable, "-m", "tools.inside_odoo", "bench", *names]
            return steps.foreground(measure, cwd=ROOT)


def scale() -> int:
    """Compare 1,000 and 1,000,000 contracts (ARGS="due pages lists reports memory 100000")."""
    from . import databases, postgres

    arguments = shlex.split(os.environ.get("ARGS", ""))
    sizes = sorted(int(one) for one in arguments if one.isdecimal()) or SIZES
    words = [one for one in arguments if not one.isdecimal()] or ["due", "pages", "lists"]
    with postgres.server():
        with steps.one_at_a_time():
            databases.drop_stale()
            databases.ensure_test_template()
            grown = [databases.ensure_grown(size) for size in sizes]
        measure = [sys.executable, "-m", "tools.inside_odoo", "scale"]
        if "memory" not in words:
            return steps.foreground([*measure, *grown, *words], cwd=ROOT)
        with databases.copy(grown[-1], "memory") as database:  # its jobs do their work
            return steps.foreground([*measure, *grown[:-1], database, *words], cwd=ROOT)


def load() -> int:
    """Let 12 people work for 10 minutes on 2 workers (ARGS="0.5 24": minutes, people)."""
    from . import databases, load, postgres

    size = load.asked(shlex.split(os.environ.get("ARGS", "")))
    environment.add(load.LIBRARY)
    system_packages.ensure("wkhtmltopdf", "print PDF documents", ("wkhtmltopdf",))
    with postgres.server():
        with steps.one_at_a_time():
            databases.drop_stale()
            databases.ensure_demo()
        with databases.copy(databases.DEMO, "load") as database:
            return load.run(database, size)


def pictures() -> int:
    """Take the pictures of documents and store pages anew (ARGS="contract ledger" narrows)."""
    from . import databases, listing

    if not system_packages.ensure("chromium", "take pictures", system_packages.BROWSERS):
        return 1
    with _test_template():
        with databases.copy(databases.TEST_TEMPLATE, "pictures") as database:
            folder, names = str(ROOT / "docs" / "images"), os.environ.get("ARGS", "")
            code = _pytest(database, PICTURE_TESTS, PICTURES_TO=folder, PICTURES=names)
        listing.write()
        return code


def translations() -> int:
    """Write terms and translations of the add-ons anew (i18n/); say which ones are missing."""
    from . import databases

    with _test_template():
        with databases.copy(databases.TEST_TEMPLATE, "terms") as database:
            write = [sys.executable, "-m", "tools.inside_odoo", "terms", database]
            return steps.foreground(write, cwd=ROOT)


def listing() -> int:
    """Write README.rst and the store's page of each add-on anew, from its folder readme/."""
    from . import listing

    listing.write()
    return 0


def shell() -> int:
    """Open Odoo's Python shell on the demo database (env.cr.commit() keeps what you do)."""
    from . import databases, postgres

    with postgres.server():
        options = [*databases.odoo_options(databases.existing(databases.DEMO)), "--no-http"]
        return steps.foreground([sys.executable, "-m", "odoo", "shell", *options], cwd=ROOT)


def psql() -> int:
    """Open an SQL prompt on the demo database."""
    from . import databases, postgres

    with postgres.server():
        return steps.foreground([postgres.binaries() / "psql", databases.existing(databases.DEMO)])


def clean() -> int:
    """Stop our own database server and remove everything that was made (.build)."""
    if environment.active():
        from . import postgres

        postgres.stop()
    shutil.rmtree(project.BUILD, ignore_errors=True)
    return 0


def help() -> int:  # noqa: A001 - the command's name
    """Show this list."""
    say("make <command>:\n")
    for name, command in COMMANDS.items():
        say(f"  {name:12} {command.__doc__.splitlines()[0]}")
    return 0


COMMANDS = {
    command.__name__: command
    for command in (
        demo,
        test,
        coverage,
        proof,
        neighbours,
        mutants,
        lint,
        bench,
        scale,
        load,
        pictures,
        translations,
        listing,
        shell,
        psql,
        clean,
        help,
    )
}


def _prepare(name: str) -> None:
    """Have Odoo and the environment, and go on inside it.

    `clean` takes them as they are, since it removes them.
    """
    if name == "clean":
        ready = environment.STAMP.exists()
    else:
        with steps.one_at_a_time():
            environment.ensure(odoo_source.ensure())
        ready = True
    if ready:
        sys.stdout.flush()
        os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "tools", name])


def main(name: str = "help") -> int:
    """Run a command; return the status to end with."""
    if name not in COMMANDS:
        say(f"There is no command {name}.\n")
        name = "help"
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells mute it in the background
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        if name != "help" and not environment.active():
            _prepare(name)
        return COMMANDS[name]()
    except Failed as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
