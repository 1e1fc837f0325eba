"""The built distribution is complete, and works where nothing of this tree is on the path."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import psycopg2
import pytest

from tools import databases, odoo_source, project


def run(*command, cwd):
    """Run a command; its output is the message where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the distribution from the project's own files, without the network."""
    source = tmp_path_factory.mktemp("source")
    for path in project.files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project.ROOT / path, source / path)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=source)
    (built,) = source.glob("dist/*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_addons_and_nothing_else(wheel):
    names = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    packed = {name for name in names if not name.parts[0].endswith(".dist-info")}
    assert packed == {Path("odoo/addons") / path for path in project.files(*project.ADDONS)}


def test_the_wheel_installs_and_odoo_finds_the_addons_without_a_path(wheel, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    (site_packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    others = [odoo_source.ensure().python_path, sysconfig.get_path("purelib")]
    (site_packages / "others.pth").write_text("".join(f"{path}\n" for path in others))

    with databases.copy(databases.BASE[False], "wheel") as database:
        install = [f"--init={','.join(project.ADDONS)}", "--stop-after-init", "--no-http"]
        options = [f"--database={database}", f"--data-dir={tmp_path / 'data'}"]
        log = run(python, "-m", "odoo", *options, *install, cwd=tmp_path)
        connection = psycopg2.connect(dbname=database)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)",
                [project.ADDONS],
            )
            installed = sorted(name for (name,) in cursor.fetchall())
        connection.close()
    assert installed == project.ADDONS, log
