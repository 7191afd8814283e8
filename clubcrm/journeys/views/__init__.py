"""Views of the journey: the map, the editor of its numbers, and touchpoints for programs."""

from clubcrm.journeys.views import editor, journeys_api, preview, today
from clubcrm.journeys.views.map import journeys

__all__ = ["editor", "journeys", "journeys_api", "preview", "today"]
