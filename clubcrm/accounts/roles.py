"""Services: what each role may do, where the owner wants it other than the product's defaults."""

from flask import current_app
from flask_babel import gettext as _

from clubcrm.accounts.models import Role, RoleRight
from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid


def set_rights(role: Role, rights: frozenset[str]) -> bool:
    """The role holds exactly these rights from the next request on; tells whether that is new.

    Raises INVALID_INPUT for the owner's role, whose rights stay whole, and for unknown rights.
    """
    if role is Role.OWNER:
        raise invalid({"role": _("An owner may do everything; that cannot be changed.")})
    every = frozenset(current_app.extensions["club_rights"])
    if rights - every:
        raise invalid({"rights": _("There is no such right.")})
    defaults: frozenset[str] = current_app.extensions["club_default_roles"].get(role.value, every)
    changed = False
    for right in sorted(every):
        changed |= _set_right(role, right, right in rights, by_default=right in defaults)
    db.session.flush()
    return changed


def _set_right(role: Role, right: str, granted: bool, *, by_default: bool) -> bool:
    kept = db.session.get(RoleRight, (role, right))
    held = by_default if kept is None else kept.granted
    if held == granted:
        return False
    if kept is None:
        db.session.add(RoleRight(role=role, right=right, granted=granted))
    else:
        kept.granted = granted
    audit.note(
        "right changed",
        "role",
        role.value,
        before={"right": right, "granted": held},
        after={"right": right, "granted": granted},
    )
    return True
