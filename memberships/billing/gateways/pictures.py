"""Rules room: an address as a code that a phone reads."""

from io import BytesIO

import segno


def qr_svg(address: str) -> str:
    """Return the code as a drawing to stand in a page."""
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, border=2, xmldecl=False, svgns=True
    )
    return drawn.getvalue().decode()
