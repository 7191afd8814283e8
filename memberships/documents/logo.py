"""Rules of a logo: a small JPEG or PNG picture, kept as the data: address that is printed."""

import base64

LARGEST_LOGO = 200 * 1024
STARTS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def data_address(content: bytes) -> str:
    """Return the picture as an address that holds it; raises ValueError naming what is wrong."""
    if len(content) > LARGEST_LOGO:
        raise ValueError("size")
    for start, media_type in STARTS.items():
        if content.startswith(start):
            return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    raise ValueError("kind")


def picture_of(address: str) -> tuple[bytes, str]:
    """Return the bytes of a kept logo and their media type."""
    head, _, body = address.partition(",")
    return base64.b64decode(body), head.removeprefix("data:").removesuffix(";base64")
