"""Rules: what differs between two versions of a journey, number by number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clubcrm.journeys.rules.settings import JourneySettings, to_json

# Set by the product and of no use to a reader.
_UNSHOWN = frozenset({"code"})


@dataclass(frozen=True, slots=True)
class Change:
    """One number that differs: of a touchpoint, a budget, or a part that holds for all of them.

    `part` is "codes", "budgets" or the name of a general part; `key` the code or the term.
    """

    part: str
    key: str
    name: str
    before: Any
    after: Any


def changes_between(before: JourneySettings, after: JourneySettings) -> list[Change]:
    """Return every number that differs, in the order of the settings."""
    old, new = to_json(before), to_json(after)
    found: list[Change] = []
    for part in new:
        if part in {"codes", "budgets"}:
            for key in {**old[part], **new[part]}:
                found += _differing(part, key, old[part].get(key, {}), new[part].get(key, {}))
        else:
            found += _differing(part, "", old[part], new[part])
    return found


def _differing(
    part: str, key: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for name in {**old, **new}:
        before, after = _plain(old.get(name)), _plain(new.get(name))
        if name not in _UNSHOWN and before != after:
            yield Change(part, str(key), name, before, after)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
