"""Signatures over the raw bytes of what other services tell us."""

import hashlib
import hmac


def is_signed(raw: bytes, secret: str, signature: str) -> bool:
    """Tell whether a signature such as "sha256=..." over the raw body holds."""
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
