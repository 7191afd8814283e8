"""Queries room: what must always hold in the memberships, by the number of the invariant."""

from collections.abc import Callable, Mapping

from memberships.billing import invariants as money_checks
from memberships.books import invariants as book_checks
from memberships.contracts import invariants as membership_checks
from memberships.documents import queries as document_checks
from memberships.fiscal import queries as fiscal_checks
from memberships.packages import invariants as package_checks
from memberships.pay import invariants as pay_checks
from memberships.schedule import invariants as class_checks
from memberships.schedule import unit_checks as class_unit_checks
from memberships.tills import invariants as till_checks
from memberships.trainers import invariants as trainer_checks

CHECKS: Mapping[str, Callable[[], list[str]]] = {
    "I1": membership_checks.unit_balances,
    "I2": membership_checks.unit_sources,
    "I2-pay": pay_checks.paid_once,
    "I2-classes": class_unit_checks.units_of_bookings,
    "I2-sessions": trainer_checks.units_of_sessions,
    "I6-packages": package_checks.released_values,
    "I4": money_checks.invoices_add_up,
    "I6": money_checks.money_is_given_back_once,
    "I8": membership_checks.contract_periods,
    "I9": membership_checks.freezes,
    "I16": membership_checks.renewals,
    "I5": book_checks.closings_hold,
    "I4-fiscal": fiscal_checks.gaps_in_numbers,
    "I5-shifts": till_checks.shifts_balance,
    "I15-classes": class_checks.places_and_waiting,
    "I7-documents": document_checks.altered_documents,
}
