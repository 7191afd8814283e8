"""Queries room: leads by the person behind them, for the search box."""

from flask import current_app, url_for
from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.finding import Found
from clubcrm.leads.models import Lead
from clubcrm.leads.words import STAGE_ICONS, STAGES
from clubcrm.people.models import Person
from clubcrm.people.queries.search import search_ids

PAGE = "leads.show"
MOST_PEOPLE = 30


def leads(scope: Scope, typed: str, most: int) -> list[Found]:
    """Return the newest leads of the people who match what was typed."""
    if PAGE not in current_app.view_functions:
        return []
    rows = db.session.execute(
        select(Lead.public_id, Lead.state, Person.given_name, Person.family_name)
        .join(Person, Person.id == Lead.person_id)
        .where(
            Lead.person_id.in_(search_ids(scope, typed, MOST_PEOPLE)),
            Lead.club_id.in_(scope.club_ids),
        )
        .order_by(Lead.arrived_at.desc(), Lead.id.desc())
        .limit(most)
    )
    return [
        Found(
            f"{row.given_name} {row.family_name}".strip(),
            str(STAGES[row.state]),
            url_for(PAGE, public_id=row.public_id),
            STAGE_ICONS[row.state],
        )
        for row in rows
    ]
