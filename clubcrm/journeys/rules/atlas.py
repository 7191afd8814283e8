"""Rules: where everything stands in the picture of the journey: columns, ribbons, stations.

One row of stages; moves to the right run above it, moves back to the left below it, each as wide
as it has people; under every stage its stations. Units are those of the picture.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMNS: tuple[tuple[str, int], ...] = (
    ("potential", 128),
    ("adaptation", 178),
    ("active", 180),
    ("regular", 110),
    ("at_risk", 178),
    ("frozen", 150),
    ("renewal", 186),
    ("lapsed", 178),
    ("lost", 88),
)
GAP = 6
NODE_TOP, NODE_HEIGHT = 134, 62
BACK_DEPTH = 78
STEP = 58
WIDEST, THINNEST = 20, 2
MOST_RIBBONS = 14


@dataclass(frozen=True, slots=True)
class Move:
    """So many people went from one stage to another; `drawn_at` names the box it runs to."""

    source: str
    target: str
    people: int
    lands: str = ""

    @property
    def drawn_at(self) -> str:
        """Return the box where the ribbon ends."""
        return self.lands or self.target


@dataclass(frozen=True, slots=True)
class Node:
    """A stage as a box on the row."""

    key: str
    x: int
    width: int

    @property
    def middle(self) -> int:
        """Return the middle of the box."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A move as a curve with an arrow head and a place for its number."""

    move: Move
    path: str
    head: str
    width: int
    label_x: int
    label_y: int
    is_back: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """A station; `first` and `last` tell where its line begins and ends."""

    code: str
    x: int
    y: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Atlas:
    """The whole picture."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    pins: tuple[Pin, ...]


def atlas_of(moves: Sequence[Move], stations: Mapping[str, Sequence[str]]) -> Atlas:
    """Return the picture for these moves and the codes under each stage."""
    nodes = _nodes()
    pins = _pins(nodes, stations)
    low = max((pin.y for pin in pins), default=NODE_TOP + NODE_HEIGHT + BACK_DEPTH)
    return Atlas(
        width=nodes[-1].x + nodes[-1].width,
        height=low + 44,
        nodes=nodes,
        ribbons=_ribbons({node.key: node for node in nodes}, moves),
        pins=pins,
    )


def _nodes() -> tuple[Node, ...]:
    made, x = [], 0
    for key, width in COLUMNS:
        made.append(Node(key, x, width))
        x += width + GAP
    return tuple(made)


def _pins(nodes: Sequence[Node], stations: Mapping[str, Sequence[str]]) -> tuple[Pin, ...]:
    top = NODE_TOP + NODE_HEIGHT + BACK_DEPTH + 24
    return tuple(
        Pin(
            code,
            node.x + 20,
            top + place * STEP,
            first=place == 0,
            last=place == len(stations[node.key]) - 1,
        )
        for node in nodes
        for place, code in enumerate(stations.get(node.key, ()))
    )


def _ribbons(nodes: Mapping[str, Node], moves: Sequence[Move]) -> tuple[Ribbon, ...]:
    known = [one for one in moves if one.people and one.source in nodes and one.drawn_at in nodes]
    drawn = sorted(known, key=lambda one: (-one.people, one.source, one.target))[:MOST_RIBBONS]
    most = max((one.people for one in drawn), default=1)
    ports = _ports(nodes, drawn)
    return tuple(
        _ribbon(one, ports[one, one.source], ports[one, one.drawn_at], most) for one in drawn
    )


def _ports(nodes: Mapping[str, Node], moves: Sequence[Move]) -> dict[tuple[Move, str], int]:
    """Return where each ribbon touches a box, in an order in which ribbons do not cross."""
    touching: dict[tuple[str, bool], list[tuple[int, int, Move]]] = defaultdict(list)
    for one in moves:
        back = nodes[one.source].x > nodes[one.drawn_at].x
        for here, there in ((one.source, one.drawn_at), (one.drawn_at, one.source)):
            apart = nodes[there].x - nodes[here].x
            order = (0, -apart) if apart < 0 else (1, -apart)
            touching[here, back].append((*order, one))
    ports = {}
    for (key, _back), found in touching.items():
        node = nodes[key]
        step = node.width / (len(found) + 1)
        in_order = sorted(found, key=lambda entry: (entry[0], entry[1], entry[2].people))
        for place, (_side, _apart, move) in enumerate(in_order, start=1):
            ports[move, key] = round(node.x + place * step)
    return ports


def _ribbon(move: Move, begins: int, ends: int, most: int) -> Ribbon:
    back = ends < begins
    columns = [key for key, _width in COLUMNS]
    span = abs(columns.index(move.source) - columns.index(move.drawn_at))
    reach = min(34 + 20 * span, 150) if not back else min(30 + 14 * span, 96)
    row = NODE_TOP + NODE_HEIGHT if back else NODE_TOP
    sign = 1 if back else -1
    bend, tip = row + sign * reach, row + sign * 7
    return Ribbon(
        move=move,
        path=f"M{begins} {row}C{begins} {bend} {ends} {bend} {ends} {tip}",
        head=f"{ends - 6},{row + sign * 9} {ends + 6},{row + sign * 9} {ends},{row + sign}",
        width=max(THINNEST, round(WIDEST * move.people / most)),
        label_x=(begins + ends) // 2,
        label_y=round(row + sign * reach * 0.75) + 4,
        is_back=back,
    )
