"""Names of the rights that tickets and articles ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_TICKETS: Final = "tickets.see"
LEAD_TICKETS: Final = "tickets.lead"
EDIT_ARTICLES: Final = "articles.edit"

RIGHTS: Mapping[str, object] = {
    SEE_TICKETS: _l("See and answer questions of members, read articles"),
    LEAD_TICKETS: _l("See complaints, hand tickets to others, set times, see how soon we answer"),
    EDIT_ARTICLES: _l("Write articles and ready answers"),
}
