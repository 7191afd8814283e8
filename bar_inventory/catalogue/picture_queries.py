"""Queries room: the photographs of products that the clubs of a scope use."""

from sqlalchemy import select

from bar_inventory.catalogue.models import Product
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import StoredFile


def picture_for(scope: Scope, public_id: str) -> StoredFile | None:
    """Return the picture of a product that these clubs use, None when there is none."""
    of_club = Product.club_id.in_(scope.club_ids) | Product.club_id.is_(None)
    return db.session.scalars(
        select(StoredFile)
        .join(Product, Product.picture_id == StoredFile.id)
        .where(StoredFile.public_id == public_id, of_club)
    ).first()


def pictures_of(product_ids: list[int]) -> dict[int, str]:
    """Return the public ids of the pictures of products that have one."""
    rows = db.session.execute(
        select(Product.id, StoredFile.public_id)
        .join(StoredFile, StoredFile.id == Product.picture_id)
        .where(Product.id.in_(product_ids))
    )
    return {row[0]: row[1] for row in rows}
