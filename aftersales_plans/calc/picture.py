# SPDX-License-Identifier: LGPL-3.0-or-later
"""What kind of picture some bytes are, whatever the file calls itself."""

import io
import warnings

from PIL import Image

#: Bytes at the start of a file → its type and ending. Only pictures made of dots: a drawing (SVG)
#: or a page (HTML) could carry a script.
STARTS = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)
#: Brands in the box that opens what an iPhone takes (ISO/IEC 23008-12).
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
#: What browsers show; anything else is kept as a file.
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
MEGAPIXELS = 65  # of the biggest picture; few bytes can say they are many dots, which fill memory


def picture_type(content):
    """Return (type, ending) of a raster picture by its first bytes; None if it is none.

    >>> picture_type(b"GIF89a...")
    ('image/gif', 'gif')
    >>> picture_type(b"size" b"ftyp" b"heic" b"and more")
    ('image/heic', 'heic')
    >>> picture_type(b"<svg onload='alert(1)'/>")
    """
    for start, mimetype, ending in STARTS:
        if content.startswith(start):
            return mimetype, ending
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", "webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic", "heic"
    return None


def fits(content):
    """Tell whether a picture says itself that it has at most ``MEGAPIXELS``; its dots are not read.

    What is not to be read at all, such as HEIC, nobody will try to make smaller either.

    >>> fits(b"no picture")
    True
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            width, height = Image.open(io.BytesIO(content)).size
    except Image.DecompressionBombError:
        return False
    except (OSError, SyntaxError, ValueError):
        return True
    return width * height <= MEGAPIXELS * 1_000_000
