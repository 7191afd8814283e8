"""Names of the rights that staff work asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_TASKS: Final = "tasks.see"
SEE_TEAM: Final = "tasks.team"

RIGHTS: Mapping[str, object] = {
    SEE_TASKS: _l("See and close tasks of one's own role"),
    SEE_TEAM: _l("See the team's tasks, hand them on, let work come again"),
}
