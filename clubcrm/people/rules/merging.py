"""Rules: which values a person has after two records of him became one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

UNDO_FOR = timedelta(days=30)
# Fields whose value is chosen; each group is chosen as a whole.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "name": ("given_name", "family_name"),
    "birth_date": ("birth_date",),
    "language": ("language",),
    "photo": ("photo_id",),
    "desk_note": ("desk_note",),
    "reference": ("source", "external_ref"),
    "guardian": ("guardian_id",),
}
FIELDS = tuple(name for group in CHOICES.values() for name in group)
KEPT, GONE = "kept", "gone"


@dataclass(frozen=True, slots=True)
class Differing:
    """A group of fields in which both records say something, and not the same."""

    group: str
    kept: tuple[Any, ...]
    gone: tuple[Any, ...]


def differing(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> list[Differing]:
    """Return the groups that somebody has to choose between."""
    found = []
    for group, names in CHOICES.items():
        ours, theirs = (tuple(one[name] for name in names) for one in (kept, gone))
        if ours != theirs and _says(group, kept) and _says(group, gone):
            found.append(Differing(group, ours, theirs))
    return found


def after_merge(
    kept: Mapping[str, Any], gone: Mapping[str, Any], choice: Mapping[str, str]
) -> dict[str, Any]:
    """Return the fields of the record that stays: its own, or what only the other one knew.

    Who wants to be left alone by either record is left alone; the older record tells since when.
    """
    values: dict[str, Any] = {}
    for group, names in CHOICES.items():
        wanted = choice.get(group, KEPT) == GONE and _says(group, gone)
        taken = gone if wanted or (not _says(group, kept) and _says(group, gone)) else kept
        values.update({name: taken[name] for name in names})
    values["do_not_contact"] = kept["do_not_contact"] or gone["do_not_contact"]
    values["created_at"] = min(kept["created_at"], gone["created_at"])
    return values


def _says(group: str, values: Mapping[str, Any]) -> bool:
    telling = CHOICES[group][-1] if group == "reference" else CHOICES[group][0]
    return values[telling] not in (None, "")
