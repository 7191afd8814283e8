"""Names of the rights that the gate asks for."""

from typing import Final

SEE_GATE: Final = "gate.see"
SCAN_AT_DESK: Final = "gate.scan"
LET_IN: Final = "gate.let_in"
ISSUE_CREDENTIALS: Final = "gate.credentials"
RUN_DEVICES: Final = "gate.devices"
OPEN_DOORS: Final = "gate.open_doors"
EDIT_GATE: Final = "gate.edit"
REPORT_EVENTS: Final = "gate.report_events"
