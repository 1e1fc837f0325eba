from unittest import TestCase

from ..picture import SHOWN, picture_type


class TestPicture(TestCase):
    def test_a_picture_is_known_by_its_bytes(self):
        for content, kind in (
            (b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
            (b"\x89PNG\r\n\x1a\n....", ("image/png", "png")),
            (b"GIF87a", ("image/gif", "gif")),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ("image/webp", "webp")),
            (b"\x00\x00\x00\x18ftypheic", ("image/heic", "heic")),
        ):
            self.assertEqual(picture_type(content), kind)

    def test_what_could_carry_a_script_is_no_picture(self):
        for content in (
            b"",
            b"<svg onload='alert(1)'/>",
            b"<?xml version='1.0'?><svg/>",
            b"<html>",
            b"%PDF-1.7",
            b"RIFF\x00\x00\x00\x00WAVE",
            b"\x00\x00\x00\x18ftypisom",
        ):
            self.assertIsNone(picture_type(content))

    def test_browsers_are_given_only_what_they_show(self):
        self.assertNotIn("image/heic", SHOWN)
        self.assertNotIn("image/svg+xml", SHOWN)
