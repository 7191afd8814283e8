"""Names of the rights that reports ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_REPORTS: Final = "reports.see"
EDIT_BASELINE: Final = "reports.baseline"
EDIT_GOALS: Final = "reports.goals"

RIGHTS: Mapping[str, object] = {
    SEE_REPORTS: _l("See reports and forecasts"),
    EDIT_BASELINE: _l("Note figures of the time before the introduction, and what contacts cost"),
    EDIT_GOALS: _l("Set goals of the club and close them"),
}
