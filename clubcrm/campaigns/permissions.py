"""Names of the rights that segments and campaigns ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_CAMPAIGNS: Final = "campaigns.see"
EDIT_SEGMENTS: Final = "segments.edit"
RUN_CAMPAIGNS: Final = "campaigns.run"

RIGHTS: Mapping[str, object] = {
    SEE_CAMPAIGNS: _l("See segments, campaigns and what they did"),
    EDIT_SEGMENTS: _l("Build segments and share them"),
    RUN_CAMPAIGNS: _l("Write to a segment: campaigns, greetings, invitations, offers"),
}
