"""The pictures of the documents show what is on the screens today."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from odoo.tests import HttpCase, tagged

from tools import project

from .photographer import Photographer
from .pictures import PICTURES
from .stories import tell_all

IMAGES = Path("docs/images")
NAMES = [picture.name for picture in PICTURES]
#: The folder into which `make pictures` has them taken.
TAKEN_TO = os.environ.get("PICTURES_TO")


def shown():
    """Return the files of `docs/images` that a document shows, each with that document."""
    pages = [path for path in project.files() if path.suffix == ".md"]
    links = {
        (page.parent / target).as_posix(): page
        for page in pages
        for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", (project.ROOT / page).read_text())
    }
    return {Path(os.path.normpath(target)): page for target, page in links.items()}


def test_every_picture_is_described_once():
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []
    described = {IMAGES / f"{name}.png" for name in NAMES}
    assert {path for path in shown() if IMAGES in path.parents} - described == set()
    assert set(project.files(str(IMAGES))) - described == set()


@pytest.mark.skipif(bool(TAKEN_TO), reason="they are being taken")
def test_every_picture_has_its_file_and_a_reader():
    described = {IMAGES / f"{name}.png" for name in NAMES}
    assert {path for path in described if not (project.ROOT / path).exists()} == set()
    assert described - set(shown()) == set()


@tagged("post_install", "-at_install")
class TestPictures(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tell_all(cls.env)

    def test_every_page_shows_what_its_picture_shows(self):
        asked = os.environ.get("PICTURES", "").split() or NAMES
        pictures = [picture for picture in PICTURES if picture.name in asked]
        photographer, wrong = Photographer(self, pictures), {}
        for picture in pictures:
            wrong[picture.name] = photographer.look(picture)
            if TAKEN_TO and not wrong[picture.name]:
                photographer.take(picture, Path(TAKEN_TO) / f"{picture.name}.png")
        self.assertEqual({name: why for name, why in wrong.items() if why}, {})
