"""Services room: groups of products, which are the pages of the till."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from bar_inventory.catalogue.models import Category, Product
from bar_inventory.catalogue.queries import categories_of
from clubcrm.core import audit
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean, fold


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What a group is called, and where it stands on the till."""

    name: str
    position: int = 0


def save_group(group: Category | None, club_id: int, draft: GroupDraft, *, by: str) -> Category:
    """The group is as typed; raises INVALID_INPUT when another one has its name."""
    words = clean(draft.name, "name", longest=80)
    if not words:
        raise invalid({"name": _("This is needed.")})
    others = [one for one in categories_of(Scope((club_id,))) if group is None or one is not group]
    if any(fold(one.name) == fold(words) for one in others):
        raise invalid({"name": _("Another group has this name already.")})
    before = None if group is None else {"name": group.name, "position": group.position}
    if group is None:
        group = Category(club_id=club_id)
        db.session.add(group)
    group.name, group.position = words, draft.position
    db.session.flush()
    after = {"name": group.name, "position": group.position}
    audit.note("group.saved", "product_category", group.id, before=before, after=after, by=by)
    return group


def retire_group(group: Category, *, by: str) -> int:
    """The group is on no list any more; returns how many products have none now."""
    loose = db.session.execute(
        update(Product).where(Product.category_id == group.id).values(category_id=None)
    )
    group.active = False
    db.session.flush()
    count = int(loose.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE
    after = {"active": False, "products": count}
    audit.note("group.retired", "product_category", group.id, after=after, by=by)
    return count


def products_in_groups(scope: Scope) -> dict[int, int]:
    """Return how many active products of these clubs each group has."""
    rows = db.session.execute(
        select(Product.category_id, func.count())
        .where(
            Product.club_id.in_(scope.club_ids) | Product.club_id.is_(None),
            Product.active,
            Product.category_id.is_not(None),
        )
        .group_by(Product.category_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
