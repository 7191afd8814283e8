"""Names of the rights that tickets and articles ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_TICKETS: Final = "tickets.see"
LEAD_TICKETS: Final = "tickets.lead"
EDIT_ARTICLES: Final = "articles.edit"
SEE_CALLS: Final = "calls.see"
HEAR_CALLS: Final = "calls.hear"
RUN_PHONES: Final = "phones.edit"

RIGHTS: Mapping[str, object] = {
    SEE_TICKETS: _l("See and answer questions of members, read articles"),
    LEAD_TICKETS: _l("See complaints, hand tickets to others, set times, see how soon we answer"),
    EDIT_ARTICLES: _l("Write articles and ready answers"),
    SEE_CALLS: _l("See who rang, and ring members"),
    HEAR_CALLS: _l("Listen to recordings of calls"),
    RUN_PHONES: _l("Say whose telephone an extension is"),
}
