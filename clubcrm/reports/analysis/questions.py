"""Rules of asking: each question by name, and the function that answers it.

A module is loaded only when its question is asked, because its libraries take seconds. A function
takes the values of the question as JSON gave them and returns what JSON can hold.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Answer = dict[str, Any]

QUESTIONS: Mapping[str, tuple[str, str]] = {
    "all_effects": ("clubcrm.reports.analysis.effects", "all_effects"),
    "all_leaving": ("clubcrm.reports.analysis.leaving", "all_leaving"),
    "all_survival": ("clubcrm.reports.analysis.survival", "all_survival"),
    "effects": ("clubcrm.reports.analysis.effects", "effects"),
    "leaving": ("clubcrm.reports.analysis.leaving", "leaving"),
    "outlook": ("clubcrm.reports.analysis.outlook", "outlook"),
    "retention": ("clubcrm.reports.analysis.retention", "fit_survivors"),
    "survival": ("clubcrm.reports.analysis.survival", "survival"),
    "versions": ("clubcrm.reports.analysis.versions", "versions"),
}


def function_for(question: str) -> Callable[[Answer], Answer]:
    """Return the function that answers the question; raises KeyError for an unknown one."""
    module, name = QUESTIONS[question]
    function: Callable[[Answer], Answer] = getattr(import_module(module), name)
    return function
