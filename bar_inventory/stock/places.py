"""Services room: where goods lie: places named, chosen for the till, and closed."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from bar_inventory.stock.models import CountState, Place, StockCount, StockLevel
from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean, fold


def open_place(club_id: int, name: str, *, by: str) -> Place:
    """Goods may lie there; the first place of a club is the one the till sells from."""
    _lock(club_id)
    place = Place(club_id=club_id, name=_free_name(club_id, name))
    place.sells = not _has_selling(club_id)
    db.session.add(place)
    db.session.flush()
    after = {"name": place.name, "sells": place.sells}
    audit.note("place.opened", "stock_place", place.id, after=after, by=by)
    return place


def rename_place(place: Place, name: str, *, by: str) -> None:
    """The place is called so; what lies there stays."""
    _lock(place.club_id)
    before, place.name = place.name, _free_name(place.club_id, name, place.id)
    db.session.flush()
    audit.note(
        "place.renamed",
        "stock_place",
        place.id,
        before={"name": before},
        after={"name": place.name},
        by=by,
    )


def sell_from(place: Place, *, by: str) -> None:
    """The till of the club sells from this place, and from no other."""
    _lock(place.club_id)
    if not place.active:
        raise DomainError("PLACE_CLOSED", _("This place is closed."))
    db.session.execute(
        update(Place)
        .where(Place.club_id == place.club_id, Place.id != place.id, Place.sells)
        .values(sells=False)
    )
    place.sells = True
    db.session.flush()
    audit.note("place.sells", "stock_place", place.id, after={"sells": True}, by=by)


def close_place(place: Place, *, by: str) -> None:
    """Nothing is put there any more; refused while goods lie there, it sells or is counted."""
    _lock(place.club_id)
    if place.sells:
        text = _("The till sells from here. Let it sell from another place first.")
        raise DomainError("PLACE_IN_USE", text)
    lying = select(StockLevel.units).where(StockLevel.place_id == place.id, StockLevel.units != 0)
    if db.session.scalars(lying.with_for_update()).first() is not None:
        text = _("Goods still lie here. Move them to another place or write them off first.")
        raise DomainError("PLACE_IN_USE", text)
    counted = select(StockCount.id).where(
        StockCount.place_id == place.id, StockCount.state == CountState.OPEN
    )
    if db.session.scalars(counted).first() is not None:
        raise DomainError("PLACE_IN_USE", _("This place is being counted. Close the count first."))
    place.active = False
    db.session.flush()
    audit.note("place.closed", "stock_place", place.id, after={"active": False}, by=by)


def _lock(club_id: int) -> None:
    db.session.execute(select(Club.id).where(Club.id == club_id).with_for_update())


def _has_selling(club_id: int) -> bool:
    selling = select(Place.id).where(Place.club_id == club_id, Place.active, Place.sells)
    return db.session.scalars(selling).first() is not None


def _free_name(club_id: int, name: str, but: int | None = None) -> str:
    words = clean(name, "name", longest=80)
    if not words:
        raise invalid({"name": _("This is needed.")})
    rows = db.session.execute(select(Place.id, Place.name).where(Place.club_id == club_id))
    if any(fold(row.name) == fold(words) and row.id != but for row in rows):
        raise invalid({"name": _("Another place has this name already.")})
    return words
