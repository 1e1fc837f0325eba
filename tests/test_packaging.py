"""The built distribution is complete, and works where nothing of this tree is on the path."""

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import psycopg2
import pytest
import yaml

from tools import databases, odoo_source, project


def run(*command, cwd):
    """Run a command; its output is the message where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """Build the source distribution from the project's own files, without the network."""
    source = tmp_path_factory.mktemp("source")
    for path in project.files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project.ROOT / path, source / path)
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", cwd=source)
    (built,) = source.glob("dist/*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Build the wheel from the source distribution, as whoever downloads that one does."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)
    (source,) = folder.iterdir()
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=source)
    (built,) = source.glob("dist/*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_addons_and_nothing_else(wheel):
    names = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    packed = {name for name in names if not name.parts[0].endswith(".dist-info")}
    assert packed == {Path("odoo/addons") / path for path in project.files(*project.ADDONS)}


def test_the_wheel_says_under_which_licences_it_comes(wheel):
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if "licenses/" in name}
    assert names == {path.name for path in project.files("LICENSE", "LICENSES")}
    assert len(names) == 4


def test_the_image_takes_what_is_there_and_all_of_it():
    folder = project.ROOT / "docs" / "docker"
    lines = (folder / "Dockerfile").read_text().splitlines()
    copied = {word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]}
    assert copied >= {*project.ADDONS, "setup.py", "pyproject.toml", "README.md", "LICENSE"}
    assert [name for name in copied if not (project.ROOT / name).exists()] == []

    compose = yaml.safe_load((folder / "compose.yaml").read_text())
    build = compose["services"]["odoo"]["build"]
    assert (folder / build["context"]).resolve() == project.ROOT
    assert project.ROOT / build["dockerfile"] == folder / "Dockerfile"
    for service in compose["services"].values():
        named = {volume.split(":")[0] for volume in service["volumes"]}
        assert named <= set(compose["volumes"])
        assert set(service["secrets"]) <= set(compose["secrets"])


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
