"""Rules of a portrait, run as a child process under limits: picture on stdin, JPEG on stdout.

A hostile picture can cost a gigabyte; here it costs this process only.
"""

import io
import resource
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 720
QUALITY = 85
REFUSED = 3
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefusedError(Exception):
    """The picture goes beyond the limits or is none; the text says which."""


def develop(content: bytes) -> bytes:
    """Return the picture upright, at most 720 pixels long, as a JPEG without hidden words."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureRefusedError("The picture is too large: at most 40 megapixels.")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            flat = Image.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            flat.paste(layer, mask=layer.getchannel("A"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as cause:
        raise PictureRefusedError("This is not a JPEG, PNG or WebP picture.") from cause
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    developed = io.BytesIO()
    flat.save(developed, "JPEG", quality=QUALITY, optimize=True)
    return developed.getvalue()


def main() -> int:
    """The portrait is on stdout, or one line on stderr says why not (exit 3)."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        sys.stdout.buffer.write(develop(sys.stdin.buffer.read()))
    except PictureRefusedError as cause:
        sys.stderr.write(f"{cause}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
