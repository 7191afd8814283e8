"""Rules: what a page tells of a filled form, and what its answer holds.

The page tells only a number; name and contacts are fetched by it. Names of questions are matched
to ours; what we have no field for stays in the message, a line for each question.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clubcrm.leads.door.rules.shapes import SYNONYMS, our_name
from clubcrm.leads.door.rules.touches import WORDS

LONGEST_ID = 40
LONGEST_MESSAGE = 2000
# The tool of the advertiser fills every field with words like these.
DUMMY = "<test lead:"
ASKED = (
    "created_time",
    "ad_id",
    "ad_name",
    "adset_id",
    "adset_name",
    "campaign_id",
    "campaign_name",
    "form_id",
    "is_organic",
    "platform",
    "field_data",
    "custom_disclaimer_responses",
)
PLATFORMS = {"ig": ("instagram", "Instagram")}


@dataclass(frozen=True, slots=True)
class LeadTold:
    """A page says that a form was filled in; the numbers are those of the advertiser."""

    leadgen_id: str
    page_id: str
    form_id: str
    ad_id: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class AdAnswer:
    """Who filled the form in and what he said, and which advertisement he saw."""

    name: str
    phone: str
    email: str
    language: str
    message: str
    interest: str
    agreed: frozenset[str]
    touch: Mapping[str, str]
    platform: str
    is_test: bool


def told_in(found: object) -> Iterator[LeadTold]:
    """Give the filled forms that a webhook tells of; parts we do not know are left out."""
    if not isinstance(found, dict) or found.get("object") != "page":
        return
    for entry in _dicts(found.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if change.get("field") == "leadgen" and isinstance(value, dict):
                yield from _told(value, entry)


def answer_in(found: object) -> AdAnswer:
    """Return what an answer holds; raises ValueError for one that has no answers."""
    if not isinstance(found, dict) or not isinstance(found.get("field_data"), list):
        raise ValueError("the answer holds no field_data")
    said, rest, is_test = _said(found["field_data"])
    name = said.get("name") or " ".join(
        part for part in (said.get("given_name", ""), said.get("family_name", "")) if part
    )
    lines = [said["message"]] if said.get("message") else []
    utm, platform = PLATFORMS.get(str(found.get("platform", "")), ("facebook", "Facebook"))
    return AdAnswer(
        name=name[:200].strip(),
        phone=said.get("phone", "")[:60],
        email=said.get("email", "")[:254],
        language=said.get("language", "")[:16],
        message="\n".join([*lines, *rest])[:LONGEST_MESSAGE].strip(),
        interest=said.get("interest", "")[:200].strip(),
        agreed=frozenset(_agreed(found.get("custom_disclaimer_responses"))),
        touch=_touch(found, said, utm),
        platform=platform,
        is_test=is_test,
    )


def moment_of(told: object) -> datetime | None:
    """Return an instant told as seconds or as 2026-11-27T08:49:14+0000, None for anything else."""
    try:
        if isinstance(told, int):
            return datetime.fromtimestamp(told, UTC)
        found = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else None


def _told(value: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[LeadTold]:
    leadgen, page = _number(value.get("leadgen_id")), _number(value.get("page_id"))
    if leadgen:
        yield LeadTold(
            leadgen,
            page or _number(entry.get("id")),
            _number(value.get("form_id")),
            _number(value.get("ad_id")),
            moment_of(value.get("created_time")),
        )


def _said(fields: list[Any]) -> tuple[dict[str, str], list[str], bool]:
    said: dict[str, str] = {}
    rest: list[str] = []
    is_test = False
    for field in _dicts(fields):
        asked = _plain(field.get("name"))
        value = ", ".join(filter(None, map(_plain, _listed(field.get("values")))))
        if value.startswith(DUMMY):
            is_test, value = True, ""
        name = our_name(asked)
        if name in SYNONYMS or name in WORDS:
            said.setdefault(name, value)
        elif value:
            rest.append(f"{asked.replace('_', ' ')}: {value}")
    return said, rest, is_test


def _touch(found: Mapping[str, Any], said: Mapping[str, str], utm: str) -> dict[str, str]:
    told = {
        "utm_source": utm,
        "utm_medium": "organic" if found.get("is_organic") is True else "paid",
        "utm_campaign": _plain(found.get("campaign_name")) or _number(found.get("campaign_id")),
        "utm_term": _plain(found.get("adset_name")) or _number(found.get("adset_id")),
        "utm_content": _plain(found.get("ad_name")) or _number(found.get("ad_id")),
    }
    named = {**told, **{name: said[name] for name in WORDS if said.get(name)}}
    return {name: value[: WORDS[name]].strip() for name, value in named.items()}


def _agreed(responses: object) -> Iterator[str]:
    for one in _dicts(responses):
        if one.get("is_checked") in (True, "1", "true"):
            yield _plain(one.get("checkbox_key"))


def _plain(value: object) -> str:
    """Answers are taken as they come, without signs that cannot be kept: no lead is refused."""
    if isinstance(value, bool) or value is None:
        return ""
    text = "".join(
        letter for letter in str(value) if unicodedata.category(letter) not in ("Cc", "Cs", "Cn")
    )
    return unicodedata.normalize("NFC", text).strip()


def _number(value: object) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else ""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
