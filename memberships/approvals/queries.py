"""What waits for another person, and how far each role may go alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from clubcrm.accounts.models import ApiToken, User
from clubcrm.accounts.queries import names_of_actors
from clubcrm.core.clubs import Scope, club_setting
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.rules import LIMITED_ROLES, LimitKind, is_within, limit_for

LIMITS_SETTING = "role_limits"


def role_of(by: str) -> str:
    """Return the role behind "user:7" or "token:3"; "system" for the house itself."""
    kind, _colon, number = by.partition(":")
    if kind == "system":
        return "system"
    if not number.isdigit():
        return "nobody"
    user = select(User.role).where(User.id == int(number))
    token = select(ApiToken.role).where(ApiToken.id == int(number))
    statement = {"user": user, "token": token}.get(kind)
    role = None if statement is None else db.session.execute(statement).scalar()
    return role.value if role is not None else "nobody"


def limit_of(by: str, club_id: int, kind: LimitKind) -> int | None:
    """Return up to how much this person may do alone in the club; None has no limit."""
    role = role_of(by)
    return 0 if role == "nobody" else limit_for(role, kind, _stored(club_id))


def limits_of(by: str, club_id: int) -> dict[LimitKind, int | None]:
    """Return by kind of act up to how much this person may do alone in the club."""
    role, stored = role_of(by), _stored(club_id)
    return {kind: 0 if role == "nobody" else limit_for(role, kind, stored) for kind in LimitKind}


def may_alone(by: str, club_id: int, kind: LimitKind, measure: int) -> bool:
    """Tell whether this person needs nobody else for an act of this measure."""
    return is_within(limit_of(by, club_id, kind), measure)


def limits_of_roles(club_id: int) -> dict[str, dict[LimitKind, int | None]]:
    """Return the limits of every role that may have one."""
    stored = _stored(club_id)
    return {
        role: {kind: limit_for(role, kind, stored) for kind in LimitKind} for role in LIMITED_ROLES
    }


def approval_for(scope: Scope, public_id: str) -> Approval | None:
    """Return a wish of these clubs, None when there is none."""
    return db.session.scalars(
        select(Approval).where(
            Approval.public_id == public_id, Approval.club_id.in_(scope.club_ids)
        )
    ).first()


def approvals_page(
    scope: Scope, *, limit: int, before_id: int | None = None, waiting: bool | None = None
) -> Sequence[Approval]:
    """Return the wishes of these clubs, the newest first; `waiting` keeps those that do or not."""
    statement = select(Approval).where(Approval.club_id.in_(scope.club_ids))
    if before_id is not None:
        statement = statement.where(Approval.id < before_id)
    if waiting is not None:
        statement = statement.where((Approval.state == ApprovalState.WAITING) == waiting)
    return db.session.scalars(statement.order_by(Approval.id.desc()).limit(limit)).all()


def waiting_count(scope: Scope) -> int:
    """Return how many wishes of these clubs wait for a decision."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Approval)
            .where(Approval.club_id.in_(scope.club_ids), Approval.state == ApprovalState.WAITING)
        )
        or 0
    )


def _stored(club_id: int) -> Mapping[str, object] | None:
    found: Mapping[str, object] | None = club_setting(club_id, LIMITS_SETTING, None)
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a wish concerns: public id and name of a person."""

    public_id: str
    name: str


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind "user:7" and "token:3"."""
    return names_of_actors(refs)


def subjects_of(rows: Iterable[Approval]) -> dict[int, Subject]:
    """Return by wish the person it concerns, for wishes that name one in their payload."""
    people: dict[int, list[int]] = {}
    for row in rows:
        person_id = row.payload.get("person_id")
        if row.subject_kind == "person":
            person_id = row.subject_id
        if person_id is not None:
            people.setdefault(int(person_id), []).append(row.id)
    found = db.session.scalars(select(Person).where(Person.id.in_(people)))
    return {
        row_id: Subject(person.public_id, person.full_name)
        for person in found
        for row_id in people[person.id]
    }
