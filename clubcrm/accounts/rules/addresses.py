"""Where a person may be sent after signing in: a path of this site and nothing else."""

from urllib.parse import urlsplit

LONGEST = 2000


def safe_next(target: str | None) -> str:
    """Return the path to go on to, or "" when the target might leave this site.

    Browsers read a backslash as a slash and drop tabs and line ends, so both are refused.
    """
    if not target or len(target) > LONGEST or not target.startswith("/"):
        return ""
    if target.startswith("//") or "\\" in target or not target.isprintable() or " " in target:
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target
