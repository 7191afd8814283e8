"""Queries room: traits of what people do: visits, classes, sessions, money spent, usual drink."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from access_control.models import VisitDay
from bar_inventory.catalogue.models import Product
from bar_inventory.sales.models import Sale, SaleLine
from clubcrm.accounts.models import User
from clubcrm.core.db import db
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait
from memberships.billing.models import Instalment, Invoice, Payment
from memberships.schedule.models import Booking, BookingState, ClassSession, ClassType
from memberships.trainers.models import TrainerClient, TrainerSession
from memberships.trainers.rules import SessionState

VISITS, CLASSES, MONEY, BAR = "visits", "classes", "money", "bar"
USUAL_FROM = 3  # bought so often within the window, a drink is the usual one


def _visits(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(VisitDay.person_id, func.count().label("value"))
        .where(VisitDay.club_id == ground.club_id, VisitDay.day.between(ground.since, ground.today))
        .group_by(VisitDay.person_id)
    )


def _visited(edge: Any) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        return (
            select(VisitDay.person_id, edge(VisitDay.day).label("value"))
            .where(VisitDay.club_id == ground.club_id, VisitDay.day <= ground.today)
            .group_by(VisitDay.person_id)
        )

    return rows


def _bookings(ground: Ground, state: BookingState, *wanted: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Booking.person_id, *wanted)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            ClassSession.club_id == ground.club_id,
            Booking.state == state,
            ClassSession.day.between(ground.since, ground.today),
        )
    )


def _count(state: BookingState) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        number = func.count().label("value")
        return _bookings(ground, state, number).group_by(Booking.person_id)

    return rows


def _interests(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _bookings(ground, BookingState.ATTENDED, ClassType.public_id).join(
        ClassType, ClassType.id == ClassSession.class_type_id
    )


def _booked_ahead(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(Booking.person_id)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            ClassSession.club_id == ground.club_id,
            Booking.state == BookingState.BOOKED,
            ClassSession.day.between(ground.today, ground.until),
        )
        .distinct()
    )


def _sessions(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(TrainerSession.person_id, func.count().label("value"))
        .where(
            TrainerSession.club_id == ground.club_id,
            TrainerSession.state == SessionState.COMPLETE,
            TrainerSession.held_on.between(ground.since, ground.today),
        )
        .group_by(TrainerSession.person_id)
    )


def _trainers(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(TrainerClient.person_id, User.public_id)
        .join(User, User.id == TrainerClient.trainer_id)
        .where(or_(TrainerClient.until_on.is_(None), TrainerClient.until_on >= ground.today))
    )


def _paid(ground: Ground) -> Select[*tuple[Any, ...]]:
    kept = func.sum(Payment.amount_minor - Payment.refunded_minor).label("value")
    return (
        select(Payment.payer_id, kept)
        .where(Payment.club_id == ground.club_id, Payment.taken_on >= ground.since)
        .group_by(Payment.payer_id)
    )


def _owed(*, overdue: bool) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        late: list[ColumnElement[bool]] = [Instalment.due_on < ground.today] if overdue else []
        return (
            select(Invoice.payer_id, func.sum(Instalment.open_minor).label("value"))
            .join(Instalment, Instalment.invoice_id == Invoice.id)
            .where(Invoice.club_id == ground.club_id, Instalment.open_minor > 0, *late)
            .group_by(Invoice.payer_id)
        )

    return rows


def _bought(ground: Ground) -> ColumnElement[bool]:
    return and_(
        Sale.club_id == ground.club_id,
        Sale.person_id.is_not(None),
        Sale.sold_on >= ground.since,
    )


def _bar_sum(number: Any) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        return (
            select(Sale.person_id, number.label("value"))
            .where(_bought(ground))
            .group_by(Sale.person_id)
        )

    return rows


def _products(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(Sale.person_id, Product.public_id)
        .join(SaleLine, SaleLine.sale_id == Sale.id)
        .join(Product, Product.id == SaleLine.product_id)
        .where(_bought(ground))
    )


def _usual(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return the product that each bought most often, the older one of two; none below three."""
    often = func.sum(SaleLine.quantity)
    place = func.row_number().over(
        partition_by=Sale.person_id, order_by=(often.desc(), SaleLine.product_id)
    )
    ranked = (
        select(
            Sale.person_id,
            SaleLine.product_id.label("product_id"),
            often.label("often"),
            place.label("place"),
        )
        .join(SaleLine, SaleLine.sale_id == Sale.id)
        .where(_bought(ground))
        .group_by(Sale.person_id, SaleLine.product_id)
        .subquery()
    )
    return (
        select(ranked.c.person_id, Product.public_id)
        .join(Product, Product.id == ranked.c.product_id)
        .where(ranked.c.place == 1, ranked.c.often >= USUAL_FROM)
    )


def _class_names(club_id: int) -> Choices:
    rows = db.session.execute(
        select(ClassType.public_id, ClassType.name)
        .where(ClassType.club_id == club_id)
        .order_by(ClassType.name)
    )
    return [(row[0], row[1]) for row in rows]


def _product_names(club_id: int) -> Choices:
    rows = db.session.execute(
        select(Product.public_id, Product.name)
        .where(or_(Product.club_id == club_id, Product.club_id.is_(None)))
        .order_by(Product.name, Product.id)
    )
    return [(row[0], row[1]) for row in rows]


def _trainer_names(club_id: int) -> Choices:
    rows = db.session.execute(
        select(User.public_id, User.name)
        .where(
            User.id.in_(select(TrainerSession.trainer_id).where(TrainerSession.club_id == club_id))
        )
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]


NUMBER, DAY, CHOICE = TraitKind.NUMBER, TraitKind.DAY, TraitKind.CHOICE
TRAITS: tuple[Trait, ...] = (
    Trait("visits", VISITS, _l("Days with a visit"), NUMBER, _visits, window=90),
    Trait("last_visit", VISITS, _l("Last visit"), DAY, _visited(func.max)),
    Trait("first_visit", VISITS, _l("First visit"), DAY, _visited(func.min)),
    Trait(
        "interest",
        CLASSES,
        _l("Went to the class"),
        CHOICE,
        _interests,
        window=180,
        choices=_class_names,
    ),
    Trait(
        "classes", CLASSES, _l("Classes attended"), NUMBER, _count(BookingState.ATTENDED), window=90
    ),
    Trait("missed", CLASSES, _l("Classes missed"), NUMBER, _count(BookingState.MISSED), window=90),
    Trait(
        "booked",
        CLASSES,
        _l("Has booked a class"),
        TraitKind.YES,
        _booked_ahead,
        window=7,
        ahead=True,
    ),
    Trait("sessions", CLASSES, _l("Sessions with a trainer"), NUMBER, _sessions, window=90),
    Trait("trainer", CLASSES, _l("Own trainer"), CHOICE, _trainers, choices=_trainer_names),
    Trait("paid", MONEY, _l("Paid"), TraitKind.MONEY, _paid, window=365),
    Trait("owes", MONEY, _l("Owes"), TraitKind.MONEY, _owed(overdue=False)),
    Trait("overdue", MONEY, _l("Owes and is late"), TraitKind.MONEY, _owed(overdue=True)),
    Trait(
        "bar_spent",
        BAR,
        _l("Spent at the bar"),
        TraitKind.MONEY,
        _bar_sum(func.sum(Sale.total_minor)),
        window=90,
    ),
    Trait("bar_sales", BAR, _l("Purchases at the bar"), NUMBER, _bar_sum(func.count()), window=90),
    Trait(
        "usual_drink",
        BAR,
        _l("Usual at the bar"),
        CHOICE,
        _usual,
        window=180,
        choices=_product_names,
    ),
    Trait(
        "bought",
        BAR,
        _l("Bought at the bar"),
        CHOICE,
        _products,
        window=180,
        choices=_product_names,
    ),
)
