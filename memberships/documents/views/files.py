"""Views room: a PDF as an answer, and where a signature came from."""

import re
import unicodedata
from ipaddress import ip_address, ip_network

from flask import Response, request

PDF_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    ),
    "Cache-Control": "private, no-store",
}
DEVICES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")


def pdf_answer(content: bytes, name: str) -> Response:
    """Return the PDF as a file that the browser shows, saved under this name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "document"
    response = Response(content, mimetype="application/pdf")
    response.headers.update(PDF_HEADERS)
    response.headers["Content-Disposition"] = f'inline; filename="{safe}.pdf"'
    return response


def origin_of_request() -> str:
    """Return the kind of device and the first part of the address a signature comes from."""
    agent = request.user_agent.string
    device = next((name for name in DEVICES if name in agent), "unknown device")
    return f"{device}, {address_prefix(request.remote_addr or '')}"


def address_prefix(address: str) -> str:
    """Return the network part of an address: enough to tell places apart, not to find a person."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown address"
    width = 24 if found.version == 4 else 48
    return str(ip_network(f"{found}/{width}", strict=False))
