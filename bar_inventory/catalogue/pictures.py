"""Services room: the photograph of a product, made harmless like that of a person."""

from bar_inventory.catalogue.models import Product
from clubcrm.core import audit
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.api import (
    develop_picture,
    enter_picture,
    take_down_picture,
    throw_away_picture,
)


def save_picture(product_id: int, content: bytes, *, by: str) -> str:
    """The product has this picture on its tile; returns the picture's public id.

    Runs its own unit of work around the row only. Raises INVALID_INPUT naming `photo` for anything
    that is not a small enough picture.
    """
    developed = develop_picture(content)
    try:
        with unit_of_work():
            product = db.session.get_one(Product, product_id)
            former, product.picture_id = product.picture_id, enter_picture(developed)
            db.session.flush()
            after = {"sha256": developed.sha256}
            audit.note("product.picture", "product", product.id, after=after, by=by)
            path = take_down_picture(former) if former else None
    except BaseException:
        throw_away_picture(developed.path)
        raise
    throw_away_picture(path)
    return developed.public_id


def drop_picture(product_id: int, *, by: str) -> None:
    """The product has no picture of its own any more. Runs its own unit of work."""
    with unit_of_work():
        product = db.session.get_one(Product, product_id)
        former, product.picture_id = product.picture_id, None
        db.session.flush()
        audit.note("product.picture", "product", product.id, after={"sha256": None}, by=by)
        path = take_down_picture(former) if former else None
    throw_away_picture(path)
