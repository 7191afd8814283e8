"""Queries room: packages as the desk card and the member's card show them, few and ending ones."""

from collections.abc import Sequence
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.card.member import Lot
from clubcrm.card.verdicts import Alert
from clubcrm.core.formats import day
from memberships.packages.offers import PackageRow, filled_packages

ENDS_SOON_DAYS = 14


def package_alerts(person_id: int, today: date) -> tuple[Alert, ...]:
    """Return a mark for each open package that has few units left or ends soon."""
    return tuple(
        Alert("note", "ticket", f"{row.terms.name}: {text}")
        for row in filled_packages([person_id])
        if (text := mark_of(row, today))
    )


def mark_of(row: PackageRow, today: date) -> str:
    """Return what to tell of a package now, nothing while all is well."""
    if not row.is_open(today):
        return ""
    if row.is_low:
        return ngettext("%(num)s session left", "%(num)s sessions left", row.remaining)
    if row.expires_on is not None and (row.expires_on - today).days <= ENDS_SOON_DAYS:
        return _("ends %(day)s", day=day(row.expires_on))
    return ""


def package_lots(rows: Sequence[PackageRow], today: date) -> list[Lot]:
    """Return the packages that hold units, with their mark and the way to their ledger."""
    return [
        Lot(
            row.terms.name,
            row.bought,
            row.remaining,
            _("until %(day)s", day=day(row.expires_on)) if row.expires_on else "",
            url_for("packages.show", package_id=row.public_id),
            mark_of(row, today),
        )
        for row in rows
        if row.remaining and row.is_open(today)
    ]
