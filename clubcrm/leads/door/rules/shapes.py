"""Rules: one flat set of fields, whatever shape a page, a form service or another CRM sends.

Known are plain JSON and forms, amoCRM's leads[add][0][name] and HubSpot's list of fields.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

MOST_FIELDS = 100
DEEPEST = 8
AMO = "leads[add][0]"
_HUB_NAME = re.compile(r"fields\[(\d+)\]\[name\]")
_AMO_FIELD = re.compile(r"(custom_fields(?:_values)?\[\d+\])\[(name|code|field_name|field_code)\]")

Fields = Mapping[str, str]

# What people call the same thing; the first name of each line is ours.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full_name", "fullname", "your_name", "contact_name", "fio"),
    "given_name": ("given_name", "first_name", "firstname"),
    "family_name": ("family_name", "last_name", "lastname", "surname"),
    "phone": ("phone", "tel", "telephone", "mobile", "mobilephone", "phone_number", "cell"),
    "email": ("email", "e_mail", "mail", "email_address"),
    "message": ("message", "comment", "comments", "text", "question", "note"),
    "interest": ("interest", "interests", "topic", "goal"),
    "language": ("language", "lang", "locale"),
    "consent": ("consent", "agree", "news"),
    "landing_url": ("landing_url", "landing", "page_url", "pageuri", "page_uri"),
    "referrer": ("referrer", "referer"),
}


def fields_of(raw: bytes, media_type: str) -> Fields:
    """Return the fields of a body; raises ValueError for one that cannot be read."""
    if media_type == "application/json" or media_type.endswith("+json"):
        return dict(_named(dict(_flat(_json(raw)))))
    text = raw.decode("utf-8")
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return dict(_named(dict(reversed(pairs))))


def _json(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a key stands twice")
    return whole


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _flat(found: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Give every value with the name that a form would give it: fields[0][name]."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(found, dict):
        parts: Sequence[tuple[str, Any]] = [(str(key), value) for key, value in found.items()]
    elif isinstance(found, list):
        parts = [(str(place), value) for place, value in enumerate(found)]
    else:
        yield prefix, _text(found)
        return
    if len(parts) > MOST_FIELDS:
        raise ValueError("too many fields")
    for key, value in parts:
        yield from _flat(value, f"{prefix}[{key}]" if prefix else key, depth + 1)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return "yes" if value is True else "" if value is False else str(value)


def _named(flat: Fields) -> Iterator[tuple[str, str]]:
    """Give the fields by our names; of two that mean the same, the one that says something."""
    found: dict[str, str] = {}
    for key, value in _plain(flat):
        name = our_name(key)
        if value.strip() or name not in found:
            found.setdefault(name, value)
            if not found[name].strip():
                found[name] = value
    yield from found.items()


def _plain(flat: Fields) -> Iterator[tuple[str, str]]:
    if any(key.startswith(AMO) for key in flat):
        yield from _amo({key[len(AMO) :].lstrip(): value for key, value in flat.items()
                         if key.startswith(AMO)})  # fmt: skip
    elif any(_HUB_NAME.fullmatch(key) for key in flat):
        yield from _hub(flat)
    else:
        yield from flat.items()


def _amo(inner: Fields) -> Iterator[tuple[str, str]]:
    """Give the parts of a lead of amoCRM, those of its custom fields by their name or code."""
    told = {_bare(key): value for key, value in inner.items()}
    for key, value in told.items():
        field = _AMO_FIELD.fullmatch(key)
        if field:
            yield value, told.get(f"{field[1]}[values][0][value]", "")
        elif "[" not in key:
            yield key, value


def _bare(key: str) -> str:
    """Turn [name] into name and [custom_fields][0][code] into custom_fields[0][code]."""
    head, close, rest = key.removeprefix("[").partition("]")
    return head + rest if close else key


def _hub(flat: Fields) -> Iterator[tuple[str, str]]:
    for key, value in flat.items():
        place = _HUB_NAME.fullmatch(key)
        if place:
            yield value, flat.get(f"fields[{place[1]}][value]", "")
        elif key.startswith("context["):
            yield key.removeprefix("context[").removesuffix("]"), value
        elif "[" not in key:
            yield key, value


def our_name(key: str) -> str:
    """Return what we call a field, whatever a page calls it."""
    folded = key.strip().lower().replace("-", "_").replace(" ", "_")
    return next((ours for ours, known in SYNONYMS.items() if folded in known), folded)
