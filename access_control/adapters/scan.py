"""What every door understands: a scan, whoever sent it in whatever dialect."""

from dataclasses import dataclass
from datetime import datetime

from access_control.rules.codes import CredentialKind, Direction


@dataclass(frozen=True, slots=True)
class Scan:
    """One event of a device before any decision.

    `event_key` is unique within the device; `device_at` is the device's own instant, `device_text`
    the time as it wrote it; `offline` says that the device has decided and opened by itself.
    """

    event_key: str
    credential_kind: CredentialKind
    credential: str
    device_at: datetime
    direction: Direction
    device_text: str = ""
    offline: bool = False
    raw: str = ""
