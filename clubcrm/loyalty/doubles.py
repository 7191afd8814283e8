"""Services room: what of loyalty stands in the way of two records becoming one."""

from flask_babel import gettext as _

from clubcrm.loyalty.referral_queries import thanked_as_friends


def referral_stops(kept_id: int, gone_id: int) -> list[str]:
    """Return why the two cannot become one: both were brought by somebody, and thanked for it."""
    if not thanked_as_friends(kept_id, gone_id):
        return []
    return [_("Both were brought by a member and thanked for it. Keep the other record.")]
