"""Addresses of style sheets, scripts and icons: fingerprinted, so that browsers may keep them."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g, url_for


def asset(name: str) -> str:
    """Return the address of a static file; it changes whenever the file's content changes.

    Plain names such as `kit.css` are looked up among the packages' files that
    setup/build_assets.py laid out; names with a folder (`css/frame.css`) are our own files.
    """
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = _address(name)
    return known[name]


def _address(name: str) -> str:
    folder = Path(current_app.static_folder or "")
    hashed = _vendor_names(folder).get(name)
    if hashed is not None:
        return url_for("static", filename=f"vendor/{hashed}")
    file = folder / name
    changed = file.stat().st_mtime_ns if file.exists() else 0
    return url_for("static", filename=name, v=_fingerprint(file, changed))


def init_assets(app: Flask) -> None:
    """Let templates call `asset(name)`; static answers may be kept for a year."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 86_400
    app.jinja_env.globals["asset"] = asset


@lru_cache(maxsize=512)
def _fingerprint(file: Path, changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if changed else "missing"


def _vendor_names(folder: Path) -> dict[str, str]:
    manifest = folder / "vendor" / "manifest.json"
    return _read_manifest(manifest, manifest.stat().st_mtime_ns) if manifest.exists() else {}


@lru_cache(maxsize=8)
def _read_manifest(manifest: Path, changed: int) -> dict[str, str]:
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return names if changed else {}
