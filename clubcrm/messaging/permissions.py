"""Names of the rights that the outbox asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_OUTBOX: Final = "outbox.see"
RUN_OUTBOX: Final = "outbox.run"
EDIT_TEXTS: Final = "texts.edit"

RIGHTS: Mapping[str, object] = {
    SEE_OUTBOX: _l("See which messages go out, wait or failed"),
    EDIT_TEXTS: _l("Change the words of messages"),
    RUN_OUTBOX: _l("Send messages again, cancel them, and release the outbox"),
}
