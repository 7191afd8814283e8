"""Rules of recipes: what a sold product takes from the shelf, what stands in, and what is out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from fractions import Fraction

WHOLE_BP = 10_000
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Window:
    """A happy hour: bit 0 of the weekdays is Monday; past midnight it belongs to its first day."""

    weekdays: int
    starts: time
    ends: time
    price_minor: int
    member_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An ingredient of a recipe: units in the glass, the share lost, and who may stand in."""

    product_id: int
    units: int
    waste_bp: int = 0
    substitutes: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A modifier: it replaces, adds or leaves out; `units` of 0 takes as much as before."""

    wish_id: int
    replaces_id: int | None
    ingredient_id: int | None
    units: int = 0


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What the shelf asks about a product; `parts` is empty when it has no recipe."""

    product_id: int
    stocked: bool
    below_zero: bool = False
    yield_units: int = 1
    parts: tuple[Part, ...] = ()
    wishes: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """So many base units of one stocked product."""

    product_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Swap:
    """One ingredient was out, and another stands in."""

    product_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class Explosion:
    """What is taken from the shelf; `missing` names what is out, and then nothing is taken."""

    needs: tuple[Need, ...] = ()
    swaps: tuple[Swap, ...] = ()
    missing: tuple[int, ...] = ()


@dataclass(slots=True)
class _Shelf:
    """What is left while lines are taken one after the other; unlisted products have nothing."""

    book: Mapping[int, ProductFacts]
    left: dict[int, Fraction]
    taken: dict[int, Fraction] = field(default_factory=dict)
    swaps: list[Swap] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def has(self, product_id: int, units: Fraction) -> bool:
        """Tell whether so much can be taken, from the shelf or by making it."""
        trial = _Shelf(self.book, dict(self.left))
        trial.take(product_id, units, 0)
        return not trial.missing

    def take(self, product_id: int, units: Fraction, depth: int) -> None:
        """So much is taken, of the product itself or of what it is made of."""
        facts = self.book.get(product_id)
        if facts is None or depth > DEEPEST:
            self.missing.append(product_id)
        elif facts.stocked:
            self._take_stocked(facts, units)
        else:
            for part in facts.parts:
                self.take_part(part, units / facts.yield_units, depth)

    def take_part(self, part: Part, portions: Fraction, depth: int) -> None:
        """An ingredient is taken for so many portions, or the first substitute that is there."""
        for product_id, units in ((part.product_id, part.units), *part.substitutes):
            wanted = gross(Fraction(units), part.waste_bp) * portions
            if self.has(product_id, wanted):
                if product_id != part.product_id:
                    self.swaps.append(Swap(part.product_id, product_id))
                self.take(product_id, wanted, depth + 1)
                return
        self.missing.append(part.product_id)

    def _take_stocked(self, facts: ProductFacts, units: Fraction) -> None:
        left = self.left.get(facts.product_id, Fraction(0))
        if left < whole(units) and not facts.below_zero:
            self.missing.append(facts.product_id)
            return
        self.left[facts.product_id] = left - units
        self.taken[facts.product_id] = self.taken.get(facts.product_id, Fraction(0)) + units


def explode(
    product_id: int,
    units: int,
    book: Mapping[int, ProductFacts],
    on_hand: Mapping[int, int],
    wish_ids: Sequence[int] = (),
) -> Explosion:
    """Return what so many units of a product take from the shelf, with these wishes.

    `missing` holds the ingredients that are out and for which nothing may stand in.
    """
    shelf = _Shelf(book, {one: Fraction(count) for one, count in on_hand.items()})
    facts = book.get(product_id)
    if facts is None or facts.stocked or not facts.parts:
        if facts is None or facts.stocked:
            shelf.take(product_id, Fraction(units), 0)
    else:
        for part in wished(facts, wish_ids):
            shelf.take_part(part, Fraction(units, facts.yield_units), 0)
    if shelf.missing:
        return Explosion(missing=tuple(dict.fromkeys(shelf.missing)))
    needs = [Need(one, whole(taken)) for one, taken in sorted(shelf.taken.items())]
    return Explosion(tuple(need for need in needs if need.units), tuple(dict.fromkeys(shelf.swaps)))


def wished(facts: ProductFacts, wish_ids: Sequence[int]) -> list[Part]:
    """Return the parts of a recipe after wishes; raises LookupError for a wish not offered."""
    known = {wish.wish_id: wish for wish in facts.wishes}
    parts = list(facts.parts)
    for wish_id in dict.fromkeys(wish_ids):
        wish = known[wish_id]
        place = next(
            (i for i, part in enumerate(parts) if part.product_id == wish.replaces_id), None
        )
        before = parts.pop(place) if place is not None else None
        if wish.ingredient_id is None:
            continue
        units = wish.units or (before.units if before else 0)
        if units:
            waste = before.waste_bp if before else 0
            parts.append(Part(wish.ingredient_id, units, waste))
    return parts


def servings(
    product_id: int, book: Mapping[int, ProductFacts], on_hand: Mapping[int, int]
) -> int | None:
    """Return how many units can be handed over now; None when nothing limits it.

    Where one ingredient serves several parts, each part counts it for itself.
    """
    most = _servings(product_id, book, on_hand, 0)
    return None if most is None else max(most.__floor__(), 0)


def _servings(
    product_id: int, book: Mapping[int, ProductFacts], on_hand: Mapping[int, int], depth: int
) -> Fraction | None:
    facts = book.get(product_id)
    if facts is None or depth > DEEPEST:
        return Fraction(0)
    if facts.stocked:
        return None if facts.below_zero else Fraction(max(on_hand.get(product_id, 0), 0))
    bounds: list[Fraction] = []
    for part in facts.parts:
        sums = Fraction(0)
        for ingredient, units in ((part.product_id, part.units), *part.substitutes):
            there = _servings(ingredient, book, on_hand, depth + 1)
            if there is None:
                break
            portions = (there / gross(Fraction(units), part.waste_bp)).__floor__()
            sums += portions * facts.yield_units
        else:
            bounds.append(sums)
    return min(bounds) if bounds else None


def goes_into_itself(
    product_id: int, parts: Iterable[int], made_of: Mapping[int, set[int]]
) -> bool:
    """Tell whether a product made of these would, through other recipes, contain itself."""
    seen: set[int] = set()
    waiting = list(parts)
    while waiting:
        one = waiting.pop()
        if one == product_id:
            return True
        if one not in seen:
            seen.add(one)
            waiting.extend(made_of.get(one, ()))
    return False


def gross(units: Fraction, waste_bp: int) -> Fraction:
    """Return what is taken from the shelf so that so much reaches the glass."""
    return units * WHOLE_BP / (WHOLE_BP - waste_bp)


def whole(units: Fraction) -> int:
    """Return the nearest whole number of base units, half a unit upwards."""
    return (units + Fraction(1, 2)).__floor__()
