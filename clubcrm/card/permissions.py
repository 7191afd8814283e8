"""Names of the rights that the desk and the member card ask for, with the words of the table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

WATCH_DESK: Final = "desk.watch"
SEE_CARD: Final = "card.see"

RIGHTS: Mapping[str, object] = {
    WATCH_DESK: _l("Watch the check-in screen"),
    SEE_CARD: _l("Open the card of a member"),
}
