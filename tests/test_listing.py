"""What a store shows of each add-on is there, of today, and free of what stores refuse."""

from xml.etree import ElementTree

import pytest
from lxml import html

from odoo.tools.mail import html_sanitize

from tools import listing, project


@pytest.mark.parametrize("addon", project.ADDONS)
def test_the_page_and_the_readme_are_those_of_the_fragments(addon):
    """``make listing`` writes them anew."""
    for path, content in listing.files(addon).items():
        assert path.read_bytes() == content, path


@pytest.mark.parametrize("addon", project.ADDONS)
def test_what_the_page_shows_is_in_its_folder_and_nothing_else(addon):
    page = ElementTree.fromstring(listing.page(addon))
    shown = {image.get("src") for image in page.iter("img")}
    folder = project.ROOT / addon / "static" / "description"
    assert shown | listing.DRAWN == {path.name for path in folder.glob("*.png")}
    assert len(shown) >= 3


@pytest.mark.parametrize("addon", project.ADDONS)
def test_every_picture_and_section_says_what_it_is(addon):
    page = ElementTree.fromstring(listing.page(addon))
    assert all(image.get("alt") for image in page.iter("img"))
    assert {"Installation", "Configuration", "Usage"} <= {head.text for head in page.iter("h2")}


@pytest.mark.parametrize("addon", project.ADDONS)
def test_a_store_keeps_the_page_as_it_is(addon):
    """What Odoo takes out of HTML of others (scripts, frames, styles) is not in it."""
    ours = [node.tag for node in ElementTree.fromstring(listing.page(addon)).iter()]
    assert [node.tag for node in html.fromstring(html_sanitize(listing.page(addon))).iter()] == ours
    assert not {"script", "style", "iframe", "form", "link"} & set(ours)


@pytest.mark.parametrize("addon", project.ADDONS)
def test_the_manifest_names_cover_licence_and_version(addon):
    manifest = project.manifest(addon)
    (cover,) = manifest["images"]
    assert (project.ROOT / addon / cover).is_file()
    assert manifest["summary"] and manifest["author"]
    version = (project.ROOT / "pyproject.toml").read_text().split('version = "')[1].split('"')[0]
    assert manifest["version"] == version
    changes = (project.ROOT / "CHANGELOG.md").read_text()
    assert changes.split("\n## ")[1].startswith(f"{version}\n")
