"""What a PDF says when it is read by other people's programs."""

import subprocess


def words_of(pdf: bytes) -> str:
    """Return the words of a PDF as a reader program extracts them."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def fonts_of(pdf: bytes, folder) -> str:
    """Return the table of fonts of a PDF."""
    path = folder / "fonts.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdffonts", str(path)], capture_output=True, check=True, text=True
    ).stdout


def attachments_of(pdf: bytes, folder) -> str:
    """Return the list of files that a PDF carries."""
    path = folder / "attached.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdfdetach", "-list", str(path)], capture_output=True, check=True, text=True
    ).stdout
