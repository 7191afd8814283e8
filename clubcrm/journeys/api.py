"""The door to the journey for the roof: its numbers, and the last look before a message leaves."""

from clubcrm.journeys.definitions import current_settings
from clubcrm.journeys.services import checks_before_sending, react

__all__ = ["checks_before_sending", "current_settings", "react"]
