"""Queries room: contracts by their number, for the search box."""

from flask import url_for
from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.finding import Found, numbered
from clubcrm.people.models import Person
from memberships.contracts.models import Contract, PlanVersion


def contracts(scope: Scope, typed: str, most: int) -> list[Found]:
    """Return the contracts whose number begins with what was typed, or ends with these digits."""
    same = numbered(Contract.number, typed)
    if same is None:
        return []
    rows = db.session.execute(
        select(
            Contract.public_id,
            Contract.number,
            PlanVersion.name,
            Person.public_id.label("person"),
            Person.given_name,
            Person.family_name,
        )
        .join(Person, Person.id == Contract.person_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Contract.club_id.in_(scope.club_ids), same)
        .order_by(Contract.id.desc())
        .limit(most)
    )
    return [
        Found(
            row.number,
            f"{row.given_name} {row.family_name}".strip() + f" · {row.name}",
            url_for("going_on.show", person_id=row.person, contract=row.public_id),
            "file-text",
        )
        for row in rows
    ]
