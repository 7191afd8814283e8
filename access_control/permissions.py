"""Names of the rights that the gate asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_GATE: Final = "gate.see"
SCAN_AT_DESK: Final = "gate.scan"
LET_IN: Final = "gate.let_in"
ISSUE_CREDENTIALS: Final = "gate.credentials"
RUN_DEVICES: Final = "gate.devices"
OPEN_DOORS: Final = "gate.open_doors"
EDIT_GATE: Final = "gate.edit"
REPORT_EVENTS: Final = "gate.report_events"

RIGHTS: Mapping[str, object] = {
    SEE_GATE: _l("See scans, visits and devices"),
    SCAN_AT_DESK: _l("Scan members at the desk"),
    LET_IN: _l("Let a refused person in, with a reason"),
    ISSUE_CREDENTIALS: _l("Issue and block cards and codes"),
    RUN_DEVICES: _l("Claim terminals and send them orders"),
    OPEN_DOORS: _l("Open a door from afar"),
    EDIT_GATE: _l("Change the rules of the gate"),
    REPORT_EVENTS: _l("Report scans as a controller"),
}
