"""Which rights a role holds: the defaults of the product and what the owner changed."""

from collections.abc import Iterable, Mapping

OWNER = "owner"


def rights_of(
    role: str,
    *,
    every: Iterable[str],
    defaults: Mapping[str, frozenset[str]],
    changes: Mapping[str, bool],
) -> frozenset[str]:
    """Return the rights of a role; an owner holds each one, so nobody can lock the owner out."""
    known = frozenset(every)
    if role == OWNER:
        return known
    granted = {right for right, given in changes.items() if given}
    taken = {right for right, given in changes.items() if not given}
    return (defaults.get(role, frozenset()) | granted) - taken
