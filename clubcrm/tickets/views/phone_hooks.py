"""Views room: where telephone systems tell of calls, and ask who a caller is."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.policy import device_door
from clubcrm.core.webhooks import done, json_object, key_fits, plain, raw_body
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets import calls
from clubcrm.tickets.rules.pbx import PbxTold, read_3cx, read_event

phone_hooks = Blueprint("phone_hooks", __name__, url_prefix="/hooks")
WHY = "telephone systems tell of calls here; each call bears the key"
SECRET = "CLUBCRM_PHONE_SECRET"  # noqa: S105 - the name of a setting
MOST_BYTES = 64 * 1024
AGAIN_SECONDS = 5


@phone_hooks.post("/phone/<key>")
@device_door(WHY)
def phone(key: str) -> ResponseReturnValue:
    """One event of a call, as JSON or as a form."""
    fields = _fields()
    if not key_fits(SECRET, key):
        return plain("the key does not fit", 401)
    told = read_event(fields, clock.now())
    if told is None:
        return plain("expected call_id and an event such as ring, answer, hangup", 400)
    return done(lambda: _hear("pbx", told, fields), AGAIN_SECONDS)


@phone_hooks.get("/3cx/<key>/lookup")
@device_door(WHY)
def lookup(key: str) -> ResponseReturnValue:
    """Who a caller is, for the telephone's own screen."""
    if not key_fits(SECRET, key):
        return plain("the key does not fit", 401)
    with unit_of_work(write=False):
        found = queries.contact_at(request.args.get("number", "")[:60])
        contacts = []
        if found is not None:
            person, number = found
            contacts.append(
                {
                    "id": person.public_id,
                    "first_name": person.given_name,
                    "last_name": person.family_name,
                    "phone": number,
                    "email": "",
                    "url": url_for("card.show", person_id=person.public_id, _external=True),
                }
            )
    return jsonify(contacts=contacts)


@phone_hooks.post("/3cx/<key>/calls")
@device_door(WHY)
def report(key: str) -> ResponseReturnValue:
    """A call that is over."""
    fields = _fields()
    if not key_fits(SECRET, key):
        return plain("the key does not fit", 401)
    told = read_3cx(fields, clock.now())
    if not told:
        return plain("expected CallType Inbound, Outbound, Missed or Notanswered", 400)

    def hear_all() -> None:
        for one in told:
            _hear("3cx", one, fields)

    return done(hear_all, AGAIN_SECONDS)


def _hear(provider: str, told: PbxTold, fields: dict[str, str]) -> None:
    calls.hear(calls.Heard(provider, told.call_ref, told.key, told.fact, said=dict(fields)))


def _fields() -> dict[str, str]:
    raw = raw_body(MOST_BYTES)
    if request.is_json:
        found = json_object(raw) or {}
        return {str(name): str(value)[:300] for name, value in found.items() if value is not None}
    return {name: value[:300] for name, value in request.form.items()}
