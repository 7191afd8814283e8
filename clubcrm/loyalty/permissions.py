"""Names of the rights that loyalty asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_LOYALTY: Final = "loyalty.see"
GIVE_LOYALTY: Final = "loyalty.give"
SET_LOYALTY: Final = "loyalty.set"

APPROVE_DISCOUNTS: Final = "loyalty.approve"

RIGHTS: Mapping[str, object] = {
    SEE_LOYALTY: _l("See who brought whom, points and what they cost"),
    GIVE_LOYALTY: _l("Note who brought whom, give points by hand, turn points into bonus money"),
    APPROVE_DISCOUNTS: _l("Set rules of personal discounts and approve what they propose"),
    SET_LOYALTY: _l("Decide what friends and points are worth"),
}
