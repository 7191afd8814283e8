"""Names of the rights that leads ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_LEADS: Final = "leads.see"
WORK_LEADS: Final = "leads.work"
RUN_LEADS: Final = "leads.run"

RIGHTS: Mapping[str, object] = {
    SEE_LEADS: _l("See leads, their stages and what came in"),
    WORK_LEADS: _l("Take in leads, speak with them, move them, book a trial"),
    RUN_LEADS: _l("Give leads to others, choose who takes new ones and where they come from"),
}
