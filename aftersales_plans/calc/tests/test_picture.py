# SPDX-License-Identifier: LGPL-3.0-or-later
import struct
import warnings
import zlib
from unittest import TestCase

from ..picture import MEGAPIXELS, SHOWN, fits, picture_type


def png(width, height):
    """Return the start of a PNG, which says how many dots will follow."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")


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

    def test_a_picture_may_have_so_many_dots_and_not_one_line_more(self):
        self.assertTrue(fits(png(1_000_000, MEGAPIXELS)))
        self.assertFalse(fits(png(1_000_000, MEGAPIXELS + 1)))

    def test_a_bomb_does_not_fit_and_nobody_is_warned_of_it(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertFalse(fits(png(1_000_000, 120)))
            self.assertFalse(fits(png(1_000_000, 1_000)))

    def test_what_is_no_picture_will_not_be_read(self):
        self.assertTrue(fits(b""))
        self.assertTrue(fits(png(1, 1)[:20]))
