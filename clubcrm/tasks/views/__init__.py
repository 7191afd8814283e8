"""Views of staff work: my day, calls and talks, the half-way question, the list for programs."""

from clubcrm.tasks.views import complaints_api, work
from clubcrm.tasks.views.pages import tasks

__all__ = ["complaints_api", "tasks", "work"]
