"""Cuts a CSS file down to the parts we use and moves its data: pictures into files of their own.

The site's Content-Security-Policy allows pictures from our own server only, so a data: address in a
style sheet would be refused by the browser.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
DATA_PICTURE = re.compile(r"url\((\"|')data:image/svg\+xml,(.*?)\1\)", re.DOTALL)
CUSTOM_PROPERTY = re.compile(r"--[\w-]+")
GROUPS = ("@media", "@supports", "@layer", "@container")


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield (prelude, body) of each top-level rule; statements such as @charset have no body."""
    start = depth = opened = 0
    quote = ""
    i = 0
    while i < len(css):
        char = css[i]
        if quote:
            if char == "\\":
                i += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "{":
            opened = i if depth == 0 else opened
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : i]
                start = i + 1
        elif char == ";" and depth == 0:
            yield css[start : i + 1].strip(), None
            start = i + 1
        i += 1


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside quotes and brackets."""
    parts, depth, quote, start = [], 0, "", 0
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]


def prune(css: str, wanted: Callable[[str], bool]) -> str:
    """Return the CSS with only those selectors whose every class is wanted."""
    kept = []
    for prelude, body in blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if body is None:
            continue
        if prelude.startswith(GROUPS):
            inner = prune(body, wanted)
            kept.append(f"{prelude}{{{inner}}}" if inner else "")
        elif prelude.startswith("@"):
            kept.append(f"{prelude}{{{body}}}")
        else:
            selectors = [
                selector
                for selector in split_outside(prelude, ",")
                if all(map(wanted, CLASS.findall(selector)))
            ]
            kept.append(f"{','.join(selectors)}{{{body}}}" if selectors and body.strip() else "")
    return "".join(kept)


def drop_unused_properties(css: str, used_elsewhere: str = "") -> str:
    """Return the CSS without custom properties and keyframes that nothing refers to."""
    while True:
        used = set(re.findall(r"var\(\s*(--[\w-]+)", css + used_elsewhere))
        running = " ".join(re.findall(r"animation(?:-name)?:([^;}]*)", css))
        moving = set(re.findall(r"[\w-]+", running))
        shorter = _without(css, used, moving)
        if len(shorter) == len(css):
            return css
        css = shorter


def _without(css: str, used: set[str], moving: set[str]) -> str:
    kept = []
    for prelude, body in blocks(css):
        if body is None:
            continue
        if prelude.startswith(GROUPS):
            body = _without(body, used, moving)
        elif prelude.startswith(("@keyframes", "@property")):
            if prelude.split()[-1] not in moving | used:
                continue
        elif not prelude.startswith("@") and "{" not in body:
            body = ";".join(d for d in split_outside(body, ";") if _is_used(d, used))
        if body.strip():
            kept.append(f"{prelude}{{{body}}}")
    return "".join(kept)


def _is_used(declaration: str, used: set[str]) -> bool:
    name = declaration.split(":", 1)[0].strip()
    return bool(name) and (not name.startswith("--") or name in used)


def move_pictures(css: str, store: Callable[[str], str]) -> str:
    """Return the CSS with each data: picture replaced by the file name that `store` gives."""
    return DATA_PICTURE.sub(lambda found: f"url({store(unquote(found.group(2)))})", css)
