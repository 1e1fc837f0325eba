"""Puts the add-ons into the namespace `odoo.addons`; all else about them stands in pyproject.toml.

There is no `odoo/__init__.py` and no `odoo/addons/__init__.py`: either would hide Odoo itself.
"""

from pathlib import Path

from setuptools import setup

ADDONS = sorted(manifest.parent for manifest in Path().glob("aftersales_*/__manifest__.py"))


def name(package: Path) -> str:
    """Return a package folder's full name, such as odoo.addons.aftersales_plans.models."""
    return ".".join(["odoo", "addons", *package.parts])


def packages(addon: Path) -> list[Path]:
    """Return the folders of an add-on that Python imports."""
    return sorted(path.parent for path in addon.rglob("__init__.py"))


def data(addon: Path) -> list[str]:
    """Return all other files of an add-on, relative to it (also the .py files outside packages)."""
    return [
        str(path.relative_to(addon))
        for path in addon.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
        if path.suffix != ".py" or path.parent not in packages(addon)
    ]


setup(
    packages=[name(package) for addon in ADDONS for package in packages(addon)],
    package_dir={name(addon): str(addon) for addon in ADDONS},
    package_data={name(addon): data(addon) for addon in ADDONS},
)
