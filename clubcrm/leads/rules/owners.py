"""Rules room: who of the sellers gets the next lead."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Seller:
    """Somebody who takes leads; `turn` grows with each one, empty wishes mean all of them."""

    user_id: int
    turn: int = 0
    takes: bool = True
    away: bool = False
    languages: frozenset[str] = frozenset()
    source_ids: frozenset[int] = frozenset()

    def fits(self, language: str, source_id: int | None) -> bool:
        """Tell whether the lead is one of those this seller takes."""
        speaks = not self.languages or not language or language in self.languages
        return speaks and (not self.source_ids or source_id in self.source_ids)

    def closeness(self, language: str, source_id: int | None) -> int:
        """Return how much of the lead this seller was named for."""
        return int(source_id in self.source_ids) + int(language in self.languages)


def next_owner(sellers: Iterable[Seller], language: str, source_id: int | None) -> int | None:
    """Return who gets the lead: the one named for it most closely, whose turn is longest ago.

    When nobody present takes such leads, everybody present does: a lead is nobody's only when
    nobody is there.
    """
    present = [one for one in sellers if one.takes and not one.away]
    fitting = [one for one in present if one.fits(language, source_id)] or present
    best = max((one.closeness(language, source_id) for one in fitting), default=0)
    closest = [one for one in fitting if one.closeness(language, source_id) == best]
    chosen = min(closest, key=lambda one: (one.turn, one.user_id), default=None)
    return None if chosen is None else chosen.user_id


def in_turn(
    sellers: Iterable[Seller], wanted: Iterable[tuple[str, int | None]]
) -> tuple[list[int | None], dict[int, int]]:
    """Return who gets each lead of a language and a source in their order, and the new turns."""
    standing = {one.user_id: one for one in sellers}
    newest = max((one.turn for one in standing.values()), default=0)
    given: list[int | None] = []
    turns: dict[int, int] = {}
    for language, source_id in wanted:
        chosen = next_owner(standing.values(), language, source_id)
        given.append(chosen)
        if chosen is not None:
            newest += 1
            turns[chosen] = newest
            standing[chosen] = replace(standing[chosen], turn=newest)
    return given, turns
