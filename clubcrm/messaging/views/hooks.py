"""Views room: where message services tell of receipts, answers and returned mail."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from clubcrm.core.policy import device_door
from clubcrm.core.webhooks import (
    done,
    is_signed,
    json_object,
    key_fits,
    plain,
    raw_body,
    shaken_hands,
)
from clubcrm.messaging.hook_reading import read_sms, read_whatsapp
from clubcrm.messaging.inbox import Incoming, receive
from clubcrm.messaging.reports import Report, TooEarlyError, take_mail, take_report
from clubcrm.messaging.telegram_inbox import Say, take_update

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
WHY = "message services tell here what happened; each call bears a key or a signature"
MOST_BYTES = 512 * 1024
LONGEST_MAIL = 5 * 1024 * 1024
AGAIN_SECONDS = 30


@hooks.post("/telegram")
@device_door(WHY)
def telegram() -> ResponseReturnValue:
    """Something was said to the bot; whoever cannot be helped must not be told again and again."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not key_fits("CLUBCRM_TELEGRAM_SECRET", given):
        return plain("the secret does not fit", 401)
    update = json_object(raw_body(MOST_BYTES))
    said: list[Say | None] = []
    answer = _done(lambda: said.append(take_update(update) if update is not None else None))
    if answer.status_code != 200 or not said or said[0] is None:
        return answer
    words = {"method": "sendMessage", "chat_id": said[0].chat, "text": said[0].text}
    return Response(json.dumps(words), content_type="application/json")


@hooks.get("/whatsapp")
@device_door(WHY)
def whatsapp_handshake() -> ResponseReturnValue:
    """Meta asks once whether this address is ours."""
    return shaken_hands("CLUBCRM_WHATSAPP_VERIFY")


@hooks.post("/whatsapp")
@device_door(WHY)
def whatsapp() -> ResponseReturnValue:
    """Receipts and answers, many in one call."""
    raw = raw_body(MOST_BYTES)
    if not is_signed(raw, "CLUBCRM_WHATSAPP_SECRET"):
        return plain("the signature does not hold", 401)
    found = list(read_whatsapp(json_object(raw)))
    return _done(lambda: _take(*found))


@hooks.route("/sms/<key>", methods=["GET", "POST"])
@device_door(WHY)
def sms(key: str) -> ResponseReturnValue:
    """A receipt or an answer; many gateways can only call an address."""
    raw = raw_body(MOST_BYTES)
    if not key_fits("CLUBCRM_SMS_SECRET", key):
        return plain("the key does not fit", 401)
    fields = dict(request.values.items())
    told = json_object(raw) if request.is_json else None
    found = read_sms({**fields, **{name: str(value) for name, value in (told or {}).items()}})
    return _done(lambda: _take(*([found] if found else [])))


@hooks.post("/mail/<key>")
@device_door(WHY)
def mail(key: str) -> ResponseReturnValue:
    """A raw mail that came to the club: a bounce or an answer."""
    raw = raw_body(LONGEST_MAIL)
    if not key_fits("CLUBCRM_MAIL_SECRET", key):
        return plain("the key does not fit", 401)
    return _done(lambda: take_mail(raw))


def _take(*told: Report | Incoming) -> None:
    for one in told:
        if isinstance(one, Report):
            take_report(one)
        else:
            receive(one)


def _done(work: Callable[[], object]) -> Response:
    return done(work, AGAIN_SECONDS, TooEarlyError)
