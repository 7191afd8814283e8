"""Names of the rights that the journey asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_JOURNEY: Final = "journey.see"
EDIT_JOURNEY: Final = "journey.edit"

RIGHTS: Mapping[str, object] = {
    SEE_JOURNEY: _l("See what was planned for members and why"),
    EDIT_JOURNEY: _l("Change touchpoints, their times, texts and limits"),
}
