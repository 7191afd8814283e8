"""Rules of a print, run as a child process under limits: JSON with HTML on stdin, PDF on stdout.

A document may look at nothing but itself: only data: addresses are fetched, and no redirect is
followed. A hostile or endless text costs this process only.
"""

import json
import logging
import resource
import sys

FAILED = 3
SCRATCH = 16 * 1024 * 1024  # what a font within a page may take on disk


def main() -> int:
    """The PDF is on stdout, or one line on stderr says what went wrong (exit 3)."""
    order = json.loads(sys.stdin.buffer.read())
    memory, seconds = order["memory_bytes"], order["seconds"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SCRATCH, SCRATCH))
    try:
        sys.stdout.buffer.write(printed(order["html"]))
    except MemoryError:
        sys.stderr.write("memory\n")
        return FAILED
    return 0


def printed(html: str) -> bytes:
    """Return the PDF of a page that sees neither files nor the network."""
    # Only now, so that the library itself is loaded under the limits.
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    only_itself = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    pdf: bytes = HTML(string=html, url_fetcher=only_itself).write_pdf()
    return pdf


if __name__ == "__main__":
    sys.exit(main())
