"""What must not wait, shown at the head of start pages; upper floors say what it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g

from clubcrm.core.policy import Actor, current_actor

EXTENSION = "club_day_alerts"


@dataclass(frozen=True, slots=True)
class DayAlert:
    """One sentence with the list it counts; the tone is that of a badge."""

    words: str
    href: str
    tone: str = "stop"


Watcher = Callable[[Actor], Sequence[DayAlert]]


def install(app: Flask, watchers: Sequence[Watcher]) -> None:
    """Start pages show what these see for who is asking."""
    app.extensions[EXTENSION] = tuple(watchers)
    app.jinja_env.globals["day_alerts"] = day_alerts


def day_alerts() -> list[DayAlert]:
    """Return what must not wait for who is asking, worked out once per request."""
    if "day_alerts" not in g:
        watchers: Sequence[Watcher] = current_app.extensions.get(EXTENSION, ())
        actor = current_actor()
        g.day_alerts = [alert for one in watchers for alert in one(actor)]
    found: list[DayAlert] = g.day_alerts
    return found
