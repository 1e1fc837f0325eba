"""Where Odoo itself comes from: an existing checkout, Debian's packages, or Odoo's own repository.

Debian carries Odoo as a package that needs no installation: it is downloaded with apt's own tools,
its lists kept apart from the system's, and unpacked. No administrator's right is needed, and
nothing is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import project, steps
from .steps import Failed

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
FOLDER = project.BUILD / "odoo-19"
ORIGIN = FOLDER / "ORIGIN"  # written last, two lines: folder for the Python path, exact version

#: Suites to read, and what to take from each. The web client's files are links to these packages;
#: the newest suite's fonts are laid out differently and would leave the links without a target.
PACKAGES = {
    "sid": ["odoo-19"],
    "trixie": [
        "fonts-font-awesome",
        "fonts-inconsolata",
        "fonts-montserrat",
        "fonts-ocr-b",
        "fonts-roboto-unhinted",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
    ],
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

#: Named in an asset bundle but not shipped by Debian: without it every back-end page logs an error.
NOT_SHIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """A ready Odoo: the folder for the Python path, and a text that names this exact version."""

    python_path: Path
    identity: str


def ensure() -> Odoo:
    """Return Odoo, getting it first where it is not there yet.

    :raise Failed: no way works, or ODOO_PATH names no checkout of the right series
    """
    if os.environ.get("ODOO_PATH"):
        return _checkout(Path(os.environ["ODOO_PATH"]).expanduser().resolve())
    if not ORIGIN.exists():
        _get()
    folder, identity = ORIGIN.read_text().splitlines()
    return Odoo(FOLDER / folder, identity)


def _checkout(folder: Path) -> Odoo:
    """Return the checkout in the folder, after a look at its release file."""
    release = folder / "odoo" / "release.py"
    if not release.exists():
        raise Failed(f"ODOO_PATH={folder} is not the folder with odoo/ and addons/ of a checkout.")
    if "version_info = (19, 0," not in release.read_text():
        raise Failed(f"ODOO_PATH={folder} is not Odoo {SERIES}.")
    return Odoo(folder, f"checkout {_commit(folder) or folder}")


def _commit(folder: Path) -> str:
    """Return the commit a checkout stands at, empty where git cannot tell."""
    git = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True)
    return git.stdout.strip()


def _get() -> None:
    """Fill FOLDER in the first way that works."""
    mirrors = archive_mirrors() if shutil.which("apt-get") and shutil.which("dpkg") else []
    ways = [(_from_debian, mirror) for mirror in mirrors] + [(_from_repository, REPOSITORY)]
    reasons = []
    for way, address in ways:
        unfinished = FOLDER.with_name("odoo-19.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            origin = way(address, unfinished)
        except Failed as failure:
            reasons.append(str(failure))
            steps.say("That did not work; trying another way.")
            continue
        (unfinished / ORIGIN.name).write_text(origin)
        shutil.rmtree(FOLDER, ignore_errors=True)
        unfinished.rename(FOLDER)
        return
    reasons.append(f"Could not get Odoo {SERIES}. Set ODOO_PATH to a checkout of it.")
    raise Failed("\n\n".join(reasons))


def _from_repository(address: str, target: Path) -> str:
    """Clone Odoo's own repository into the target; return the text for ORIGIN."""
    command = ["git", "clone", "--depth", "1", "--branch", SERIES, address, target / "odoo"]
    steps.run(f"Cloning Odoo {SERIES} from its repository", command, "odoo-clone", "5 min")
    return f"odoo\nrepository {_commit(target / 'odoo')}\n"


def _from_debian(mirror: str, target: Path) -> str:
    """Download and unpack Debian's packages into the target; return the text for ORIGIN."""
    apt = target / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (apt / folder).mkdir(parents=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    lines = [f"deb {signed}{mirror} {suite} main\n" for suite in PACKAGES]
    (apt / "sources.list").write_text("".join(lines))
    settings = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    get = ["apt-get", *(f"-o{name}={value}" for name, value in settings.items() if value)]
    steps.run("Reading Debian's package lists", [*get, "update"], "odoo-lists", "10 s")
    wanted = [f"{package}/{suite}" for suite, packages in PACKAGES.items() for package in packages]
    download = [*get, "download", *wanted]
    steps.run("Downloading Odoo (130 MB)", download, "odoo-get", "20 s", cwd=apt / "packages")
    packages = sorted((apt / "packages").glob("*.deb"))
    unpack = 'to="$1"; shift; for package; do dpkg -x "$package" "$to" || exit 1; done'
    command = ["sh", "-c", unpack, "sh", target, *packages]
    steps.run("Unpacking Odoo", command, "odoo-unpack", "15 s")
    shutil.rmtree(apt)

    python_path = Path("usr/lib/python3/dist-packages")
    addons = target / python_path / "odoo" / "addons"
    (addons / NOT_SHIPPED).parent.mkdir(parents=True, exist_ok=True)
    (addons / NOT_SHIPPED).touch()
    _report_dangling(addons / "web")
    names = [package.name for package in packages if package.name.startswith("odoo-19")]
    return f"{python_path}\ndebian {names[0]}\n"


def _report_dangling(folder: Path) -> None:
    """Say which links of the web client lead nowhere: pages would lack scripts, icons or fonts."""
    dangling = [path for path in folder.rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        names = ", ".join(path.name for path in dangling[:5])
        steps.say(
            f"Warning: {len(dangling)} links in Odoo's web client lead nowhere ({names} ...).\n"
            "Debian's packages do not fit together today, and pages may lack icons or fonts;\n"
            "ODOO_PATH=<a checkout of Odoo> avoids that."
        )


def archive_mirrors() -> list[str]:
    """Return the addresses under which this machine itself gets Debian's main archive, best first.

    An entry counts when it serves the system's own suite, which the security archive does not, and
    its address ends like the main archive's, which third parties' seldom do; whether it is the
    real one, apt's check of the signatures tells.
    """
    system = Path("/etc/os-release")
    named = re.findall(r"^VERSION_CODENAME=\W?(\w+)", system.read_text(), re.M)
    suites = {"stable", "testing", "sid", "unstable", *named}
    entries = []
    for path in sorted(Path("/etc/apt").glob("**/sources*/*.sources")):
        entries += _deb822(path.read_text())
    for path in sorted(Path("/etc/apt").glob("**/*.list")):
        entries += _one_line(path.read_text())
    mirrors = [uri for uris, served in entries if suites & set(served) for uri in uris]
    archive = re.compile(r"^mirror\+file:|/debian/?$")
    return list(dict.fromkeys(filter(archive.search, mirrors)))


def _deb822(text: str) -> list[tuple[list[str], list[str]]]:
    """Return (addresses, suites) of each stanza of a .sources file that is not disabled."""
    found = []
    for stanza in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", text, flags=re.M)):
        unfolded = re.sub(r"\n[ \t]+", " ", stanza)
        pairs = re.findall(r"^([\w-]+):(.*)$", unfolded, re.M)
        fields = {name.lower(): value.split() for name, value in pairs}
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            found.append((fields.get("uris", []), fields.get("suites", [])))
    return found


def _one_line(text: str) -> list[tuple[list[str], list[str]]]:
    """Return (addresses, suites) of each "deb" line of a .list file."""
    lines = re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", text, re.M)
    return [([uri], [suite]) for uri, suite in lines]
