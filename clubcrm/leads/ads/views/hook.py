"""Views room: where Facebook tells of forms filled in below advertisements."""

import hmac
import json

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubcrm.core.db import unit_of_work
from clubcrm.core.policy import device_door
from clubcrm.core.signatures import is_signed
from clubcrm.leads.ads import letters
from clubcrm.leads.ads.rules.leadgen import told_in

ad_hooks = Blueprint("ad_hooks", __name__, url_prefix="/hooks")
WHY = "the advertiser tells here of filled forms; each call bears a signature"
MOST_BYTES = 256 * 1024


@ad_hooks.get("/facebook")
@device_door(WHY)
def handshake() -> ResponseReturnValue:
    """Meta asks once whether this address is ours."""
    asked, wanted = request.args, _setting("CLUBCRM_FACEBOOK_VERIFY")
    given = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    fits = bool(wanted) and hmac.compare_digest(wanted.encode(), given)
    if asked.get("hub.mode") != "subscribe" or not fits:
        return _plain("the word does not fit", 403)
    return _plain(asked.get("hub.challenge", "")[:200], 200)


@ad_hooks.post("/facebook")
@device_door(WHY)
def take() -> ResponseReturnValue:
    """Filled forms by their number, many in one call; each is kept once and fetched by a job."""
    request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True, parse_form_data=False)
    secret = _setting("CLUBCRM_FACEBOOK_SECRET")
    if not secret or not is_signed(raw, secret, request.headers.get("X-Hub-Signature-256", "")):
        return _plain("the signature does not hold", 401)
    try:
        with unit_of_work():
            for one in told_in(_json(raw)):
                letters.keep(one)
    except (OperationalError, PoolTimeout):
        answer = _plain("try again", 503)
        answer.headers["Retry-After"] = "30"
        return answer
    return _plain("OK", 200)


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _setting(name: str) -> str:
    found: str = current_app.extensions["club_settings"].channels.get(name, "")
    return found


def _plain(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
