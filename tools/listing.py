"""`make listing`: what a store shows of each add-on, written from its folder readme/.

readme/*.rst                     the fragments, by the names of the Odoo Community Association
README.rst                       the fragments under their headings
static/description/index.html    the same as a page, for Odoo Apps
static/description/*.png         pictures the fragments name, as they are in docs/images/
"""

from __future__ import annotations

import re
from pathlib import Path

from . import project

#: Fragments in the order of reading, with their headings; the first has none.
FRAGMENTS = {
    "DESCRIPTION": "",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known limits",
}
PICTURE = re.compile(r"\.\./static/description/(\w+\.png)")
#: Drawn for the add-on, not taken from a running system.
DRAWN = {"icon.png", "banner.png"}

PAGE = """\
<section class="oe_container">
  <div class="oe_row oe_spaced" style="max-width: 900px; margin: 0 auto;">
    <h1 style="text-align: center;">{name}</h1>
    <h3 style="text-align: center; color: #5b6770;">{summary}</h3>
    <p style="text-align: center;"><img src="banner.png" alt="{name}" style="max-width: 100%;"/></p>
{body}
    <p style="color: #5b6770;">Odoo {series} Community · version {version} · licence {license}</p>
  </div>
</section>
"""


def fragments(addon: str) -> dict[str, str]:
    """Return {heading: text} of the fragments an add-on has."""
    folder = project.ROOT / addon / "readme"
    paths = {heading: folder / f"{name}.rst" for name, heading in FRAGMENTS.items()}
    return {heading: path.read_text() for heading, path in paths.items() if path.exists()}


def readme(addon: str) -> str:
    """Return README.rst of an add-on."""
    name = project.manifest(addon)["name"]
    parts = [f"{'=' * len(name)}\n{name}\n{'=' * len(name)}\n"]
    for heading, text in fragments(addon).items():
        parts += [f"{heading}\n{'=' * len(heading)}\n"] if heading else []
        parts.append(PICTURE.sub(r"static/description/\1", text))
    return "\n".join(parts)


def page(addon: str) -> str:
    """Return the page of an add-on in a store."""
    manifest = project.manifest(addon)
    body = []
    for heading, text in fragments(addon).items():
        body += [f"<h2>{heading}</h2>"] if heading else []
        body.append(_html(PICTURE.sub(r"\1", text)))
    return PAGE.format(
        name=manifest["name"],
        summary=manifest["summary"],
        body="\n".join(body),
        series=".".join(manifest["version"].split(".")[:2]),
        version=manifest["version"],
        license=manifest["license"],
    )


def _html(text: str) -> str:
    """Return a fragment as HTML without scripts, classes of styles and ids."""
    from docutils.core import publish_parts

    settings = {"report_level": 2, "halt_level": 2, "embed_stylesheet": False}
    html = publish_parts(text, writer="html5", settings_overrides=settings)["body"]
    html = re.sub(r' (?:class|id)="[^"]*"', "", html)
    return html.replace("<img ", '<img style="max-width: 100%; border: 1px solid #d8dadd;" ')


def pictures(addon: str) -> set[str]:
    """Return the names of the pictures the fragments of an add-on show."""
    return set(PICTURE.findall("\n".join(fragments(addon).values())))


def source(picture: str) -> Path:
    """Return where the picture of a page comes from."""
    return project.ROOT / "docs" / "images" / picture


def files(addon: str) -> dict[Path, bytes]:
    """Return {path: content} of all that is written for an add-on."""
    shown = project.ROOT / addon / "static" / "description"
    return {
        project.ROOT / addon / "README.rst": readme(addon).encode(),
        shown / "index.html": page(addon).encode(),
        **{shown / picture: source(picture).read_bytes() for picture in pictures(addon)},
    }


def write() -> None:
    """Write all files anew, and remove pictures nothing shows any more."""
    for addon in project.ADDONS:
        made = files(addon)
        for path, content in made.items():
            path.write_bytes(content)
        for path in (project.ROOT / addon / "static" / "description").glob("*.png"):
            if path not in made and path.name not in DRAWN:
                path.unlink()
