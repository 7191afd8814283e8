"""Views room: sessions of trainers and the use of units under /api/v1."""

from typing import Any

from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.packages import offers
from memberships.permissions import ASSIGN_CLIENTS, LOG_SESSIONS
from memberships.trainers import queries, services
from memberships.trainers.access import own_trainer_id, reachable
from memberships.trainers.clients import assign_client, release_client
from memberships.trainers.models import TrainerSession
from memberships.trainers.roster import trainers_of_client
from memberships.trainers.rules import SessionState
from memberships.trainers.views import schemas

api = ApiBlueprint(
    "sessions_api", __name__, url_prefix="/api/v1", description="Sessions of trainers"
)


@api.post("/packages/<string:public_id>/redeem")
@api.doc(summary="Hold a session now and use one unit of this package; 409 NO_UNITS when empty")
@require(LOG_SESSIONS)
@api.arguments(schemas.RedeemBody)
@api.response(201, schemas.SessionShown)
def post_redeem(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    package = offers.package_for(current_actor().scope, public_id)
    if package is None or not reachable(package.person_id):
        raise not_found(_("There is no such package."))
    asked = services.Appointment(
        package.club_id,
        package.person_id,
        _trainer(body["trainer_id"], package.club_id) or package.trainer_id,
        body["held_at"] or clock.now(),
        lot_id=package.lot_id,
        heads=body["heads"],
    )
    try:
        made = services.log_session(
            asked,
            SessionState.COMPLETE,
            by=current_actor().ref,
            proof=services.Proof(body["code"]),
        )
    except DomainError as error:
        raise _with_balance(error, package.lot_id) from error
    return _shown(queries.row_of(made.id))


@api.get("/sessions")
@api.doc(summary="Sessions of your clubs, newest first; a trainer sees his own")
@require(LOG_SESSIONS)
@api.arguments(schemas.SessionQuery, location="query")
@api.response(200, schemas.SessionList)
def list_sessions(asked: dict[str, Any]) -> dict[str, Any]:
    limit = asked["limit"]
    rows = queries.sessions_page(
        current_actor().scope,
        member=asked["member"],
        trainer_id=own_trainer_id(),
        before_id=page_key(asked["after"]),
        limit=limit + 1,
    )
    shown = rows[:limit]
    more = str(shown[-1].session.id) if len(rows) > limit else None
    return {"items": [_shown(row) for row in shown], "next": more}


@api.post("/sessions")
@api.doc(summary="Log or plan a session; of a member's packages the next to end is used")
@require(LOG_SESSIONS)
@api.arguments(schemas.SessionBody)
@api.response(201, schemas.SessionShown)
def post_session(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    if not reachable(person.id):
        raise not_found(_("There is no such member."))
    asked = services.Appointment(
        person.club_id,
        person.id,
        _trainer(body["trainer_id"], person.club_id),
        body["held_at"] or clock.now(),
        service=body["service"],
        lot_id=_lot(body["package_id"], person.id),
        minutes=body["minutes"],
        heads=body["heads"],
    )
    outcome = SessionState(body["outcome"])
    if outcome is SessionState.PLANNED:
        made = services.plan_session(asked, by=actor.ref)
    else:
        proof = services.Proof(body["code"])
        made = services.log_session(asked, outcome, by=actor.ref, proof=proof)
    return _shown(queries.row_of(made.id))


@api.get("/sessions/<string:public_id>")
@api.doc(summary="One session")
@require(LOG_SESSIONS)
@api.response(200, schemas.SessionShown)
def get_session(public_id: str) -> dict[str, Any]:
    return _shown(queries.row_of(_session(public_id).id))


@api.post("/sessions/<string:public_id>/settle")
@api.doc(summary="Say what became of a planned session")
@require(LOG_SESSIONS)
@api.arguments(schemas.SettleBody)
@api.response(200, schemas.SessionShown)
def post_settle(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    session, by = _session(public_id), current_actor().ref
    outcome = SessionState(body["outcome"])
    if outcome is SessionState.CANCELLED:
        services.cancel_planned(session, by=by)
    else:
        proof = services.Proof(body["code"])
        services.settle_session(session, outcome, by=by, proof=proof)
    return _shown(queries.row_of(session.id))


@api.post("/sessions/<string:public_id>/confirm")
@api.doc(summary="Confirm a session by the client's code; a wrong one leaves it unconfirmed")
@require(LOG_SESSIONS)
@api.arguments(schemas.ConfirmBody)
@api.response(200, schemas.SessionShown)
def post_confirm(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    session = _session(public_id)
    services.confirm_session(session, services.Proof(body["code"]), by=current_actor().ref)
    return _shown(queries.row_of(session.id))


@api.post("/sessions/<string:public_id>/reverse")
@api.doc(summary="Take a session back with a reason; its unit returns")
@require(LOG_SESSIONS)
@api.arguments(schemas.ReverseBody)
@api.response(200, schemas.SessionShown)
def post_reverse(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    session = _session(public_id)
    services.reverse_session(session, body["reason"], by=current_actor().ref)
    return _shown(queries.row_of(session.id))


def _session(public_id: str) -> TrainerSession:
    actor = current_actor()
    found = queries.session_for(actor.scope, public_id, trainer_id=own_trainer_id())
    if found is None:
        raise not_found(_("There is no such session."))
    return found


@api.post("/members/<string:public_id>/trainers")
@api.doc(summary="Give a member to a trainer as a client, or let him go after today")
@require(ASSIGN_CLIENTS)
@api.arguments(schemas.ClientBody)
@api.response(200, schemas.ClientShown)
def post_client(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, public_id)
    trainer_id = _named_trainer(body["trainer_id"], person.club_id)
    if body["release"]:
        release_client(trainer_id, person.id, by=actor.ref)
    else:
        assign_client(trainer_id, person.id, by=actor.ref)
    zone = next(club.zone for club in my_clubs() if club.id == person.club_id)
    now = trainers_of_client(person.id, clock.today(zone))
    return {"trainers": [{"id": one[1], "name": one[2]} for one in now]}


def _trainer(public_id: str | None, club_id: int) -> int | None:
    own = own_trainer_id()
    if own is not None:
        return own
    return None if public_id is None else _named_trainer(public_id, club_id)


def _named_trainer(public_id: str, club_id: int) -> int:
    found = [one[0] for one in offers.trainers_of([club_id]) if one[1] == public_id]
    if not found:
        raise invalid({"trainer_id": _("Choose a trainer of this club.")})
    return found[0]


def _lot(public_id: str | None, person_id: int) -> int | None:
    if public_id is None:
        return None
    package = offers.package_for(current_actor().scope, public_id)
    if package is None or package.person_id != person_id:
        raise not_found(_("There is no such package."))
    return package.lot_id


def _with_balance(error: DomainError, lot_id: int) -> DomainError:
    if error.code != "NO_UNITS":
        return error
    package = offers.package_by_lot(lot_id)
    left = package.remaining if package else 0
    text = _("This package is used up: balance %(left)s.", left=left)
    if left:
        text = _("This package's units have ended or belong to another trainer.")
    return DomainError("NO_UNITS", text, extra={"balance": left})


def _shown(row: queries.SessionRow) -> dict[str, Any]:
    session = row.session
    package = offers.package_by_lot(session.lot_id) if session.lot_id else None
    return {
        "id": session.public_id,
        "member_id": row.person_public_id,
        "trainer": row.trainer_name,
        "package_id": package.public_id if package else None,
        "service": session.service.value,
        "state": session.state.value,
        "held_at": session.held_at,
        "heads": session.heads,
        "used_unit": session.used_unit,
        "balance": package.remaining if package else None,
        "confirmation": session.confirmation.value,
        "reversal_reason": session.reversal_reason,
    }
