"""Views room: where message services tell of receipts, answers and returned mail."""

import hmac
import json
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubcrm.core.db import unit_of_work
from clubcrm.core.policy import device_door
from clubcrm.core.signatures import is_signed
from clubcrm.messaging.hook_reading import read_sms, read_whatsapp
from clubcrm.messaging.inbox import Incoming, receive
from clubcrm.messaging.reports import Report, TooEarlyError, take_mail, take_report
from clubcrm.messaging.telegram_inbox import Say, take_update

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
WHY = "message services tell here what happened; each call bears a key or a signature"
MOST_BYTES = 512 * 1024
LONGEST_MAIL = 5 * 1024 * 1024


@hooks.post("/telegram")
@device_door(WHY)
def telegram() -> ResponseReturnValue:
    """Something was said to the bot; whoever cannot be helped must not be told again and again."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not _fits("CLUBCRM_TELEGRAM_SECRET", given):
        return _plain("the secret does not fit", 401)
    update = _json()
    said: list[Say | None] = []
    answer = _done(lambda: said.append(take_update(update) if isinstance(update, dict) else None))
    if answer.status_code != 200 or not said or said[0] is None:
        return answer
    words = {"method": "sendMessage", "chat_id": said[0].chat, "text": said[0].text}
    return Response(json.dumps(words), content_type="application/json")


@hooks.get("/whatsapp")
@device_door(WHY)
def whatsapp_handshake() -> ResponseReturnValue:
    """Meta asks once whether this address is ours."""
    asked = request.args
    known = asked.get("hub.mode") == "subscribe"
    if not known or not _fits("CLUBCRM_WHATSAPP_VERIFY", asked.get("hub.verify_token", "")):
        return _plain("the word does not fit", 403)
    return _plain(asked.get("hub.challenge", "")[:200], 200)


@hooks.post("/whatsapp")
@device_door(WHY)
def whatsapp() -> ResponseReturnValue:
    """Receipts and answers, many in one call."""
    raw = _raw(MOST_BYTES)
    secret = _setting("CLUBCRM_WHATSAPP_SECRET")
    if not secret or not is_signed(raw, secret, request.headers.get("X-Hub-Signature-256", "")):
        return _plain("the signature does not hold", 401)
    found = list(read_whatsapp(_json()))
    return _done(lambda: _take(*found))


@hooks.route("/sms/<key>", methods=["GET", "POST"])
@device_door(WHY)
def sms(key: str) -> ResponseReturnValue:
    """A receipt or an answer; many gateways can only call an address."""
    raw = _raw(MOST_BYTES)
    if not _fits("CLUBCRM_SMS_SECRET", key):
        return _plain("the key does not fit", 401)
    fields = dict(request.values.items())
    told = json_object(raw) if request.is_json else None
    found = read_sms({**fields, **{name: str(value) for name, value in (told or {}).items()}})
    return _done(lambda: _take(*([found] if found else [])))


@hooks.post("/mail/<key>")
@device_door(WHY)
def mail(key: str) -> ResponseReturnValue:
    """A raw mail that came to the club: a bounce or an answer."""
    raw = _raw(LONGEST_MAIL)
    if not _fits("CLUBCRM_MAIL_SECRET", key):
        return _plain("the key does not fit", 401)
    return _done(lambda: take_mail(raw))


def _take(*told: Report | Incoming) -> None:
    for one in told:
        if isinstance(one, Report):
            take_report(one)
        else:
            receive(one)


def _done(work: Callable[[], object]) -> Response:
    try:
        with unit_of_work():
            work()
    except (TooEarlyError, OperationalError, PoolTimeout):
        answer = _plain("try again", 503)
        answer.headers["Retry-After"] = "30"
        return answer
    return _plain("OK", 200)


def _raw(most: int) -> bytes:
    request.max_content_length = most
    return request.get_data(cache=True, parse_form_data=False)


def _json() -> object:
    return json_object(_raw(MOST_BYTES))


def json_object(raw: bytes) -> dict[str, object] | None:
    """Return the object a body holds, or None."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _setting(name: str) -> str:
    found: str = current_app.extensions["club_settings"].channels.get(name, "")
    return found


def _fits(name: str, given: str) -> bool:
    wanted = _setting(name)
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _plain(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
