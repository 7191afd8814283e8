"""Views room: where telephone systems tell of calls, and ask who a caller is."""

import hmac
import json
from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.policy import device_door
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets import calls
from clubcrm.tickets.rules.pbx import PbxTold, read_3cx, read_event

phone_hooks = Blueprint("phone_hooks", __name__, url_prefix="/hooks")
WHY = "telephone systems tell of calls here; each call bears the key"
SECRET = "CLUBCRM_PHONE_SECRET"  # noqa: S105 - the name of a setting
MOST_BYTES = 64 * 1024


@phone_hooks.post("/phone/<key>")
@device_door(WHY)
def phone(key: str) -> ResponseReturnValue:
    """One event of a call, as JSON or as a form."""
    fields = _fields()
    if not _fits(key):
        return _plain("the key does not fit", 401)
    told = read_event(fields, clock.now())
    if told is None:
        return _plain("expected call_id and an event such as ring, answer, hangup", 400)
    return _done(lambda: _hear("pbx", told, fields))


@phone_hooks.get("/3cx/<key>/lookup")
@device_door(WHY)
def lookup(key: str) -> ResponseReturnValue:
    """Who a caller is, for the telephone's own screen."""
    if not _fits(key):
        return _plain("the key does not fit", 401)
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
    if not _fits(key):
        return _plain("the key does not fit", 401)
    told = read_3cx(fields, clock.now())
    if not told:
        return _plain("expected CallType Inbound, Outbound, Missed or Notanswered", 400)

    def hear_all() -> None:
        for one in told:
            _hear("3cx", one, fields)

    return _done(hear_all)


def _hear(provider: str, told: PbxTold, fields: dict[str, str]) -> None:
    calls.hear(calls.Heard(provider, told.call_ref, told.key, told.fact, said=dict(fields)))


def _done(work: Callable[[], None]) -> Response:
    try:
        with unit_of_work():
            work()
    except (OperationalError, PoolTimeout):
        answer = _plain("try again", 503)
        answer.headers["Retry-After"] = "5"
        return answer
    return _plain("OK", 200)


def _fields() -> dict[str, str]:
    request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True, parse_form_data=False)
    if request.is_json:
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
        plain = found.items() if isinstance(found, dict) else ()
        return {str(name): str(value)[:300] for name, value in plain if value is not None}
    return {name: value[:300] for name, value in request.form.items()}


def _fits(given: str) -> bool:
    wanted: str = current_app.extensions["club_settings"].channels.get(SECRET, "")
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _plain(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
