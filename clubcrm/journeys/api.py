"""The door to the journey for the roof: the last look before a message leaves."""

from clubcrm.journeys.services import check_before_sending, react

__all__ = ["check_before_sending", "react"]
