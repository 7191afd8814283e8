"""Names of the rights that staff work asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_TASKS: Final = "tasks.see"

RIGHTS: Mapping[str, object] = {SEE_TASKS: _l("See and close tasks of one's own role")}
