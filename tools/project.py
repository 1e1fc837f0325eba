"""The project's folders, files and modules, and the fingerprints that tell whether they changed."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
LOGS = BUILD / "log"
CONSTRAINTS = ROOT / "constraints.txt"

#: The add-ons, by folder name.
ADDONS = sorted(manifest.parent.name for manifest in ROOT.glob("aftersales_*/__manifest__.py"))

#: Parts of a path that do not reach the database when a module is installed.
NOT_INSTALLED = {"tests", "readme"}


def files(*folders: str) -> list[Path]:
    """Return the project's own files (what git lists or would list), relative to ROOT and sorted.

    :param folders: only files below these folders of ROOT; none means all
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    try:
        git = subprocess.run([*command, *folders], cwd=ROOT, check=True, capture_output=True)
        found = {Path(name) for name in git.stdout.decode().split("\0") if (ROOT / name).is_file()}
    except (OSError, subprocess.CalledProcessError):  # an archive, or somebody else's repository
        found = set(_walk(folders))
    return sorted(found)


def _walk(folders: tuple[str, ...]) -> list[Path]:
    """Return the files below the folders, without hidden folders and byte code."""
    found = []
    for folder in folders or (".",):
        for path, subfolders, names in os.walk(ROOT / folder):
            subfolders[:] = [name for name in subfolders if not name.startswith((".", "__py"))]
            found += [(Path(path) / name).relative_to(ROOT) for name in names]
    return found


def manifest(addon: str) -> dict:
    """Return the add-on's manifest."""
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))


def external_modules() -> list[str]:
    """Return the modules of others that ours need, and the application that shows the menus."""
    needed = {name for addon in ADDONS for name in manifest(addon).get("depends", [])}
    return sorted(needed - set(ADDONS) | {"sale_management"})


def fingerprint(*parts: object) -> str:
    """Return a short key that changes whenever one of the parts does.

    :param parts: texts, or lists of files relative to ROOT, which count with name and content
    """
    digest = hashlib.sha256()
    for part in parts:
        for item in part if isinstance(part, list) else [part]:
            digest.update(f"{item}\0".encode())
            if isinstance(item, Path):
                digest.update((ROOT / item).read_bytes())
    return digest.hexdigest()[:16]


def installed_files() -> list[Path]:
    """Return the add-ons' files that decide what an installation puts into a database."""
    return [path for path in files(*ADDONS) if not NOT_INSTALLED & set(path.parts)]
