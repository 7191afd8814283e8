"""Rules: a crowd of people in which a newcomer is recognised, by the table or by the store."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clubcrm.core.text import fold
from clubcrm.people.rules.likeness import Identity, duplicate_score

MOST_COMPARED = 200


def name_key(name: str) -> str:
    """Return a name so that the order of its words does not matter."""
    return " ".join(sorted(fold(name).split()))


@dataclass(slots=True)
class Crowd:
    """Identities by number, findable by phone, address or name."""

    members: dict[int, Identity] = field(default_factory=dict)
    ways: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, identity: Identity) -> None:
        """The person belongs to the crowd."""
        self.members[number] = identity
        for key in _keys(identity):
            self.ways.setdefault(key, []).append(number)

    def find(self, identity: Identity) -> int | None:
        """Return the number of the one who is certainly the same person."""
        for number in self._near(identity):
            if is_same(identity, self.members[number]):
                return number
        return None

    def _near(self, identity: Identity) -> Iterator[int]:
        seen: set[int] = set()
        for key in _keys(identity):
            for number in self.ways.get(key, ())[:MOST_COMPARED]:
                if number not in seen:
                    seen.add(number)
                    yield number


def is_same(one: Identity, other: Identity) -> bool:
    """Tell whether both are one person; who is only a name equals nobody but the same bare name."""
    if _is_bare(one) and _is_bare(other):
        return name_key(one.name) == name_key(other.name)
    return duplicate_score(one, other).is_certain


def _is_bare(identity: Identity) -> bool:
    return not identity.phones and not identity.emails and identity.birth_date is None


def _keys(identity: Identity) -> list[str]:
    return [*sorted(identity.phones), *sorted(identity.emails), f"~{name_key(identity.name)}"]
