"""Bodies as terminals send them: bytes of uncertain encoding, line ends and trailing dirt."""

import re

_TEMPLATE = re.compile(
    rb"(?i)\b(TMP|TEMPLATE|CONTENT|TEMPLATEDATA)=([A-Za-z0-9+/=_-]{16,})",
)
_BIOMETRIC_TABLES = frozenset(
    {"biodata", "biophoto", "attphoto", "userpic", "fvein", "face", "templatev10", "facev7"}
)


def holds_biometrics(table: str) -> bool:
    """Tell whether a whole upload is templates or photos, of which nothing is kept."""
    return table.lower() in _BIOMETRIC_TABLES


def without_biometrics(body: bytes) -> bytes:
    """Return the body with every biometric template replaced by its length."""
    return _TEMPLATE.sub(
        lambda found: found.group(1) + b"=<dropped %d>" % len(found.group(2)), body
    )


def decode_line(line: bytes) -> str:
    """Return a line as text: UTF-8, or the Chinese code page of older units; never fails."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def body_lines(body: bytes) -> list[str]:
    """Return the lines that hold something; LF or CRLF ends, blank lines and NULs are dropped."""
    lines = (line.strip(b"\r\n\0 ") for line in body.split(b"\n"))
    return [decode_line(line).replace("\0", "") for line in lines if line.strip(b"\t")]
