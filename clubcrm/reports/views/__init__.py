"""Pages of the reports; importing this folder hangs every page on its blueprint."""

from clubcrm.reports.views import (
    bar,
    baseline,
    costs,
    forecast,
    goals_page,
    groups,
    index,
    leads,
    leaving,
    own,
    own_api,
    people,
    renewals,
)
from clubcrm.reports.views.blueprint import reports

__all__ = [
    "bar",
    "baseline",
    "costs",
    "forecast",
    "goals_page",
    "groups",
    "index",
    "leads",
    "leaving",
    "own",
    "own_api",
    "people",
    "renewals",
    "reports",
]
