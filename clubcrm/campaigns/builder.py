"""Forms room: the form on which a rule is built: a tree of fields, each named by its place.

The form is sent whole at every step and comes back with one condition or group more or less, so it
works without a script; with one, only the part that changed is replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from babel.numbers import get_currency_precision
from werkzeug.datastructures import MultiDict

from clubcrm.campaigns.rules.tree import (
    DEEPEST,
    MOST_CONDITIONS,
    MOST_VALUES,
    Condition,
    Fault,
    Group,
    Join,
    Part,
)
from clubcrm.campaigns.segment_words import fault_words, op_words
from clubcrm.core.text import ascii_digits
from clubcrm.people.rules.trait_kinds import COUNTED_IN_DAYS, DATED, Op, TraitKind
from clubcrm.people.traits import Choices, Trait
from memberships.billing.fields import typed_amount
from memberships.billing.rules import parse_amount

Fields = MultiDict[str, str]
DAYS = 30
FIRST = ("visits", Op.AT_LEAST, "1")


@dataclass(slots=True)
class Node:
    """One place of the form: a group with its parts, or a condition as it was typed."""

    place: str
    join: str = ""
    parts: list["Node"] = field(default_factory=list)
    trait: str = ""
    op: str = ""
    value: str = ""
    chosen: tuple[str, ...] = ()
    days: str = ""
    fault: str = ""

    @property
    def is_group(self) -> bool:
        """Tell whether it holds others."""
        return bool(self.join)

    @property
    def may_nest(self) -> bool:
        """Tell whether a group may be added within."""
        return self.place.count(".") + (self.place != "") < DEEPEST - 1


@dataclass(frozen=True, slots=True)
class Look:
    """What a condition's fields look like: its comparisons, and which inputs it has."""

    ops: Sequence[tuple[str, str]]
    number: bool = False
    money: bool = False
    dated: bool = False
    days: bool = False
    window: str = ""  # "last" or "next" where it counts within days
    choices: Choices = ()


@dataclass(slots=True)
class Builder:
    """The form of one rule over the traits of a club."""

    root: Node
    traits: Mapping[str, Trait]
    club_id: int
    currency: str
    _offered: dict[str, Choices] = field(default_factory=dict)

    def look(self, node: Node) -> Look:
        """Return which fields a condition shows."""
        trait = self.traits.get(node.trait)
        if trait is None:
            return Look([])
        words = op_words(trait.kind)
        op = Op(node.op)
        counted = trait.window is not None or op in COUNTED_IN_DAYS
        plain = trait.kind in {TraitKind.NUMBER, TraitKind.MONEY, TraitKind.AGE}
        return Look(
            [(one.value, words[one]) for one in trait.ops],
            number=plain,
            money=trait.kind is TraitKind.MONEY,
            dated=op in DATED,
            days=counted,
            window=("next" if trait.ahead else "last") if trait.window is not None else "",
            choices=self._choices(trait) if trait.kind is TraitKind.CHOICE else (),
        )

    def _choices(self, trait: Trait) -> Choices:
        if trait.code not in self._offered:
            self._offered[trait.code] = trait.choices(self.club_id) if trait.choices else ()
        return self._offered[trait.code]

    def tree(self) -> Group:
        """Return the rule as it was typed; what cannot be read stays and is found at fault."""
        return _group(self.root, self)

    def blame(self, faults: Mapping[str, Fault]) -> dict[str, list[str]]:
        """Each place at fault says so; returns the sentences by field."""
        told: dict[str, list[str]] = {}
        for node in _walk(self.root):
            if node.place in faults:
                node.fault = fault_words(faults[node.place])
                told[f"node-{node.place or 'root'}"] = [node.fault]
        return told

    def act(self, wish: str) -> None:
        """One condition or group more, or one less, as a button asked."""
        what, _colon, place = wish.partition(":")
        found = next((one for one in _walk(self.root) if one.place == place), None)
        if found is None:
            return
        if what == "drop" and place:
            _drop(self.root, place)
        elif what == "add" and found.is_group and len(list(_walk(self.root))) < 2 * MOST_CONDITIONS:
            found.parts.append(_new())
        elif what == "group" and found.is_group and found.may_nest:
            found.parts.append(Node("", join=Join.ANY.value, parts=[_new()]))
        _number(self.root, "")


def builder_of(tree: Group, traits: Mapping[str, Trait], club: tuple[int, str]) -> Builder:
    """Return the form of a kept rule; `club` is its id and currency."""
    builder = Builder(Node(""), traits, *club)
    builder.root = _node_of(tree, "", builder)
    if not builder.root.parts:
        builder.act("add:")
    return builder


def read_builder(fields: Fields, traits: Mapping[str, Trait], club: tuple[int, str]) -> Builder:
    """Return the form as it was sent."""
    places = [one[:40] for one in fields.getlist("node")[: 3 * MOST_CONDITIONS]]
    root = Node("", join=_join(fields.get("join-", "")))
    by_place = {"": root}
    for place in places:
        parent = by_place.get(place.rpartition(".")[0] if "." in place else "")
        if parent is None or not parent.is_group or place in by_place:
            continue
        node = _sent(place, fields, traits)
        by_place[place] = node
        parent.parts.append(node)
    _number(root, "")
    return Builder(root, traits, *club)


def _sent(place: str, fields: Fields, traits: Mapping[str, Trait]) -> Node:
    join = fields.get(f"join-{place}", "")
    if join:
        return Node(place, join=_join(join))
    trait = traits.get(fields.get(f"trait-{place}", ""))
    op = fields.get(f"op-{place}", "")
    if trait is None:
        return Node(place, trait="", op=Op.IS.value)
    if op not in {one.value for one in trait.ops}:
        op = trait.ops[0].value
    days = fields.get(f"days-{place}", "")[:6].strip()
    if not days:
        days = str(trait.window or DAYS)
    return Node(
        place,
        trait=trait.code,
        op=op,
        value=fields.get(f"value-{place}", "")[:20].strip(),
        chosen=tuple(fields.getlist(f"chosen-{place}")[:MOST_VALUES]),
        days=days,
    )


def _new() -> Node:
    trait, op, value = FIRST
    return Node("", trait=trait, op=op.value, value=value, days=str(DAYS))


def _walk(node: Node) -> list[Node]:
    return [node, *(deeper for one in node.parts for deeper in _walk(one))]


def _drop(root: Node, place: str) -> None:
    for node in _walk(root):
        node.parts = [one for one in node.parts if one.place != place]


def _number(node: Node, place: str) -> None:
    node.place = place
    for number, part in enumerate(node.parts):
        _number(part, f"{place}.{number}" if place else str(number))


def _join(sent: str) -> str:
    return sent if sent in {one.value for one in Join} else Join.ALL.value


def _group(node: Node, builder: Builder) -> Group:
    parts: list[Part] = [
        _group(one, builder) if one.is_group else _condition(one, builder) for one in node.parts
    ]
    return Group(Join(node.join or Join.ALL), tuple(parts))


def _condition(node: Node, builder: Builder) -> Condition:
    look = builder.look(node)
    values: tuple[str, ...] = ()
    if look.choices or node.chosen:
        values = node.chosen
    elif look.money:
        values = (_minor(node.value, builder.currency),)
    elif look.number or look.dated:
        values = (ascii_digits(node.value),)
    typed = ascii_digits(node.days)
    days = int(typed) if look.days and typed.isdecimal() and typed.isascii() else None
    return Condition(node.trait, Op(node.op), values, days)


def _minor(typed: str, currency: str) -> str:
    try:
        return str(parse_amount(ascii_digits(typed), get_currency_precision(currency)))
    except ValueError:
        return typed


def _node_of(part: Part, place: str, builder: Builder) -> Node:
    if isinstance(part, Group):
        node = Node(place, join=part.join.value)
        for number, one in enumerate(part.parts):
            node.parts.append(_node_of(one, f"{place}.{number}" if place else str(number), builder))
        return node
    trait = builder.traits.get(part.trait)
    value: str = part.value
    chosen: tuple[str, ...] = ()
    if trait is not None and trait.kind is TraitKind.CHOICE:
        value, chosen = "", part.values
    elif trait is not None and trait.kind is TraitKind.MONEY and value.isdigit():
        value = typed_amount(int(value), builder.currency)
    op = part.op if trait is None or part.op in trait.ops else trait.ops[0]
    days = part.days if part.days is not None else (trait.window if trait else None) or DAYS
    return Node(place, trait=part.trait, op=op.value, value=value, chosen=chosen, days=str(days))
