"""Events room: facts of the bar that nobody has to hear, each with the reason."""

from collections.abc import Mapping

from bar_inventory import events as facts
from clubcrm.core.events import Fact

QUIET_FACTS: Mapping[type[Fact], str] = {
    facts.CountBooked: "the page of counts shows what differed",
    facts.OrderReceived: "the page of orders shows what came and what it cost",
}
