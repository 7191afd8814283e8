"""Copies what the pages use from node_modules into clubcrm/static/vendor, with hashed names.

Run after `npm ci` and whenever an icon is added: python setup/build_assets.py. Takes a second.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

from prune_css import drop_unused_properties, move_pictures, prune

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "clubcrm" / "static" / "vendor"
SCRIPTS = {"htmx.js": "htmx.org/dist/htmx.min.js"}
FONTS = {"Noto Sans Bengali": "bengali", "Noto Sans Devanagari": "devanagari"}
FONT_WEIGHTS = (400, 600)
QUOTED = re.compile(r"[\"']([a-z0-9-]+)[\"']")
ICON_USE = re.compile(r"\bicon\(\s*[\"']([a-z0-9-]+)[\"']")

# Families of the UI kit that our pages build on; everything else of it is left out.
KIT_FAMILIES = re.compile(
    r"""^(
    btn(-(primary|secondary|success|warning|danger|link|sm|lg|icon|list|check|outline-\w+|ghost-\w+
        |group|action|close|pill|loading))?
  | form-(control|select|check|switch|label|text|hint|floating|range|fieldset|selectgroup)(-[\w-]+)?
  | input-group(-[\w-]+)? | is-invalid | is-valid | invalid-feedback | required | was-validated
  | disabled | active | show | hide | collapsed | fade
  | table(-(sm|responsive|vcenter|hover|striped|nowrap))?
  | alert(-(success|warning|danger|info|title|dismissible))? | badge
  | row | col(-(\w+-)?(\d+|auto))? | g[xy]?-\d | container-(fluid|xl|narrow)
  | d(-(sm|md|lg|xl|print))?-(none|block|inline|inline-block|flex|inline-flex|grid)
  | flex-(row|column|wrap|nowrap|fill|grow-[01]|shrink-[01])
  | justify-content-(start|end|center|between) | align-items-(start|end|center|baseline)
  | align-self-(start|end|center) | ms-auto | me-auto | mx-auto | mt-auto
  | [mp][tbsexy]?-\d | gap-\d | w-(25|50|75|100|auto) | h-(100|auto)
  | text-(start|end|center|nowrap|truncate|wrap|break|secondary|muted|reset|uppercase|success
        |warning|danger)
  | fw-(normal|medium|bold|semibold) | fs-\d | h[1-6] | lead | small | lh-\w+ | font-monospace
  | visually-hidden(-focusable)? | rounded(-\w+)? | border(-(top|bottom|start|end|0))?
  | position-(relative|absolute|sticky) | overflow-(auto|hidden) | list-(unstyled|inline)
  | spinner-border(-sm)? | img-fluid | placeholder(-[\w-]+)?
)$""",
    re.VERBOSE,
)


def put(out: Path, name: str, body: bytes) -> str:
    """Write a file under a name that changes with its content; return that name."""
    stem, dot, ending = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{ending}"
    (out / hashed).write_bytes(body)
    return hashed


def used_icons(icons: Path) -> list[str]:
    """Return the icon names used by templates and code, plus the listed ones chosen at run time."""
    names = set((ROOT / "setup" / "icons.txt").read_text(encoding="utf-8").split())
    sources = [*ROOT.glob("templates/**/*.html")]
    for package in ("clubcrm", "memberships", "access_control", "bar_inventory"):
        sources += ROOT.glob(f"{package}/**/*.py")
    for source in sources:
        names.update(ICON_USE.findall(source.read_text(encoding="utf-8")))
    # The rail and the settings name their icons as plain words among others.
    for wires in (
        "clubcrm/pages.py",
        "clubcrm/doors.py",
        "clubcrm/first_week.py",
        "memberships/places.py",
        "bar_inventory/pages.py",
        "bar_inventory/catalogue/words.py",
    ):
        words = QUOTED.findall((ROOT / wires).read_text(encoding="utf-8"))
        names.update(word for word in words if (icons / f"{word}.svg").exists())
    return sorted(names)


def sprite(icons: Path, names: list[str]) -> bytes:
    """Return one SVG file with a symbol per icon; an unknown icon ends the build."""
    symbols = []
    for name in names:
        source = icons / f"{name}.svg"
        if not source.exists():
            sys.exit(f"build_assets: there is no icon called '{name}'")
        svg = source.read_text(encoding="utf-8")
        paths = re.sub(
            r'<path stroke="none"[^>]*/>', "", svg[svg.index(">", svg.index("<svg")) + 1 :]
        )
        inner = re.sub(r"\s*\n\s*", "", paths.replace("</svg>", ""))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


def fonts(modules: Path, out: Path) -> bytes:
    """Copy the fonts for Bengali and Devanagari; return their @font-face rules."""
    rules = []
    for family, script in FONTS.items():
        home = modules / "@fontsource" / f"noto-sans-{script}"
        ranges = json.loads((home / "unicode.json").read_text(encoding="utf-8"))[script]
        for weight in FONT_WEIGHTS:
            file = home / "files" / f"noto-sans-{script}-{script}-{weight}-normal.woff2"
            name = put(out, f"noto-{script}-{weight}.woff2", file.read_bytes())
            rules.append(
                f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};'
                f"font-display:swap;src:url({name}) format('woff2');unicode-range:{ranges}}}"
            )
    return "".join(rules).encode()


def kit_css(modules: Path, out: Path) -> bytes:
    """Return the UI kit's style sheet, cut down to our families and free of data: pictures."""
    css = (modules / "@tabler/core/dist/css/tabler.min.css").read_text(encoding="utf-8")
    own = "".join(f.read_text(encoding="utf-8") for f in (OUT.parent / "css").glob("*.css"))
    css = prune(css, lambda name: KIT_FAMILIES.match(name) is not None)
    css = drop_unused_properties(css, own)
    return move_pictures(css, lambda svg: put(out, "kit.svg", svg.encode())).encode()


def build(modules: Path, out: Path) -> dict[str, str]:
    """Fill the folder anew and return the manifest: plain name to hashed name."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    manifest = {
        name: put(out, name, (modules / source).read_bytes()) for name, source in SCRIPTS.items()
    }
    manifest["kit.css"] = put(out, "kit.css", kit_css(modules, out))
    manifest["fonts.css"] = put(out, "fonts.css", fonts(modules, out))
    icons = modules / "@tabler" / "icons" / "icons" / "outline"
    manifest["icons.svg"] = put(out, "icons.svg", sprite(icons, used_icons(icons)))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def main() -> None:
    """Build the front-end files and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    if not (chosen.modules / "@tabler").is_dir():
        sys.exit(f"build_assets: {chosen.modules} lacks the packages; run `npm ci` first")
    for name in build(chosen.modules, chosen.out).values():
        sys.stdout.write(f"{(chosen.out / name).stat().st_size:>8} {name}\n")


if __name__ == "__main__":
    main()
