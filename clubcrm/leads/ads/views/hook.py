"""Views room: where Facebook tells of forms filled in below advertisements."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from clubcrm.core.policy import device_door
from clubcrm.core.webhooks import done, is_signed, json_object, plain, raw_body, shaken_hands
from clubcrm.leads.ads import letters
from clubcrm.leads.ads.rules.leadgen import told_in

ad_hooks = Blueprint("ad_hooks", __name__, url_prefix="/hooks")
WHY = "the advertiser tells here of filled forms; each call bears a signature"
MOST_BYTES = 256 * 1024
AGAIN_SECONDS = 30


@ad_hooks.get("/facebook")
@device_door(WHY)
def handshake() -> ResponseReturnValue:
    """Meta asks once whether this address is ours."""
    return shaken_hands("CLUBCRM_FACEBOOK_VERIFY")


@ad_hooks.post("/facebook")
@device_door(WHY)
def take() -> ResponseReturnValue:
    """Filled forms by their number, many in one call; each is kept once and fetched by a job."""
    raw = raw_body(MOST_BYTES)
    if not is_signed(raw, "CLUBCRM_FACEBOOK_SECRET"):
        return plain("the signature does not hold", 401)

    def keep_all() -> None:
        for one in told_in(json_object(raw)):
            letters.keep(one)

    return done(keep_all, AGAIN_SECONDS)
