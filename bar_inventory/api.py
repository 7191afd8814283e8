"""The door of the bar's floor: what rooms above may ask of it."""

from bar_inventory.insight.queries import usual_of
from bar_inventory.sales.point_money import PointDoor, PointPurse
from bar_inventory.stock.handling import reverse_source
from bar_inventory.stock.queries import selling_place
from bar_inventory.stock.selling import (
    Availability,
    GoodsBack,
    SoldGoods,
    SoldLine,
    availability,
    give_back,
    sell_goods,
)
from bar_inventory.stock.services import MoveOrder, Posting, post

__all__ = [
    "Availability",
    "GoodsBack",
    "MoveOrder",
    "PointDoor",
    "PointPurse",
    "Posting",
    "SoldGoods",
    "SoldLine",
    "availability",
    "give_back",
    "post",
    "reverse_source",
    "sell_goods",
    "selling_place",
    "usual_of",
]
