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


def develop(content: bytes, longest: int = LONGEST_SIDE) -> bytes:
    """Return the picture upright, at most so many pixels long, as a JPEG without hidden words."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureRefusedError("The picture is too large: at most 40 megapixels.")
            picture.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(picture)
            flat = Image.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            flat.paste(layer, mask=layer.getchannel("A"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as cause:
        raise PictureRefusedError("This is not a JPEG, PNG or WebP picture.") from cause
    flat.thumbnail((longest, longest))
    developed = io.BytesIO()
    flat.save(developed, "JPEG", quality=QUALITY, optimize=True)
    return developed.getvalue()


def main() -> int:
    """The portrait is on stdout, or one line on stderr says why not (exit 3)."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        longest = int(sys.argv[1]) if len(sys.argv) > 1 else LONGEST_SIDE
        sys.stdout.buffer.write(develop(sys.stdin.buffer.read(), longest))
    except PictureRefusedError as cause:
        sys.stderr.write(f"{cause}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
