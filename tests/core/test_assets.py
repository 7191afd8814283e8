"""Addresses of static files, and the style sheet cut down to what pages use."""

import importlib.util
from pathlib import Path
from types import ModuleType

from flask import Flask

from clubcrm.core.assets import asset, init_assets

ROOT = Path(__file__).resolve().parents[2]


def prune_css() -> ModuleType:
    """Return the set-up step that is no part of the installed product."""
    spec = importlib.util.spec_from_file_location("prune_css", ROOT / "setup" / "prune_css.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def site(folder: Path) -> Flask:
    """Return an app whose static files lie in the folder."""
    app = Flask("site", static_folder=str(folder), static_url_path="/static")
    init_assets(app)
    return app


def test_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text("a{}")
    app = site(tmp_path)
    with app.test_request_context():
        first = asset("own.css")
    (tmp_path / "own.css").write_text("a{color:red}")
    with app.test_request_context():
        second = asset("own.css")

    assert first.startswith("/static/own.css?v=")
    assert second.startswith("/static/own.css?v=")
    assert first != second


def test_packages_files_are_found_by_plain_name(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "manifest.json").write_text('{"kit.css": "kit.0123456789.css"}')
    with site(tmp_path).test_request_context():
        assert asset("kit.css") == "/static/vendor/kit.0123456789.css"


def test_only_wanted_selectors_stay() -> None:
    css = "/*! x */.btn,.navbar .btn{color:red}@media print{.navbar{top:0}.btn{top:1px}}a{b:c}"

    kept = prune_css().prune(css, lambda name: name == "btn")

    assert kept == ".btn{color:red}@media print{.btn{top:1px}}a{b:c}"


def test_braces_in_quotes_are_no_rules() -> None:
    css = '.btn::after{content:"}.x{"}.gone{top:0}'

    assert prune_css().prune(css, lambda name: name == "btn") == '.btn::after{content:"}.x{"}'


def test_unused_properties_and_movements_go() -> None:
    used = ":root{--used:1px;--by-chain:var(--used);--idle:2px}a{top:var(--by-chain)}"
    css = f"{used}@keyframes spin{{to{{top:0}}}}"

    kept = prune_css().drop_unused_properties(css)

    assert kept == ":root{--used:1px;--by-chain:var(--used)}a{top:var(--by-chain)}"


def test_pictures_in_addresses_become_files() -> None:
    stored: list[str] = []

    def store(svg: str) -> str:
        stored.append(svg)
        return "one.svg"

    css = "a{background:url(\"data:image/svg+xml,%3csvg xmlns='x'/%3e\")}"

    assert prune_css().move_pictures(css, store) == "a{background:url(one.svg)}"
    assert stored == ["<svg xmlns='x'/>"]
