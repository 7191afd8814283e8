"""The house itself: clubs with hours, closed days and settings, staff, tokens, past job runs."""

from datetime import date, datetime, timedelta

from clubcrm.accounts.models import (
    ApiToken,
    ApiTokenClub,
    GuideTick,
    LoginBrake,
    OneTimeToken,
    RecoveryCode,
    Role,
    RoleRight,
    TokenPurpose,
    User,
    UserClub,
    UserSession,
)
from clubcrm.core.clubs import ClosedDay, Club, ClubHours, ClubSetting, CompanySetting
from clubcrm.core.idempotency import IdempotencyKey
from clubcrm.core.jobs import JobRun, RunState
from clubcrm.core.leases import Lease
from clubcrm.first_week import FIRST_WEEK
from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.order import hexadecimal, public_id
from memberships.permissions import SEE_PLANS

STAFF: tuple[tuple[Role, str], ...] = (
    (Role.OWNER, "Olga Petersen"),
    (Role.MANAGER, "Max Rahman"),
    (Role.SALES, "Sara Karimova"),
    (Role.DESK, "Frank Shrestha"),
    (Role.TRAINER, "Tara Hossain"),
    (Role.BARISTA, "Boris Weber"),
    (Role.ACCOUNTANT, "Anna Nowak"),
)
MAIL_DOMAIN = "demo.example"


def email_of(role: Role) -> str:
    """The address a demo user signs in with."""
    return f"{role.value}@{MAIL_DOMAIN}"


def build_house(ground: Ground) -> None:
    """Clubs and staff stand in the store, with traces of the days they have worked."""
    _clubs(ground)
    _staff(ground)
    _tokens(ground)
    _job_runs(ground)


def _clubs(ground: Ground) -> None:
    order, store = ground.order, ground.store
    chance = order.chance("clubs")
    opened = order.moment - timedelta(days=round(order.years * 365) + 30)
    for calendar in ground.calendars:
        town = calendar.town
        share = max(40, order.members // 12)
        club_id = store.sink(Club).add(
            public_id=public_id(chance),
            name=town.name,
            zone=town.zone,
            currency=town.currency,
            locale=town.locale,
            country=town.country,
            capacity=share,
            created_at=opened,
        )
        ground.club_ids.append(club_id)
        for weekday in range(7):
            weekend = weekday >= 5
            store.sink(ClubHours).add(
                club_id=club_id,
                weekday=weekday,
                opens=town.weekend_opens if weekend else town.opens,
                closes=town.weekend_closes if weekend else town.closes,
            )
        for day, reason in calendar.closed.items():
            store.sink(ClosedDay).add(club_id=club_id, day=day, reason=reason)
        store.sink(ClubSetting).add(
            club_id=club_id,
            name="gate",
            value={"debt_limit_minor": town.unit_price_minor // 2},
            changed_at=opened,
        )


def _staff(ground: Ground) -> None:
    order, store = ground.order, ground.store
    chance = order.chance("staff")
    hired = order.moment - timedelta(days=round(order.years * 365) + 20)
    for role, name in STAFF:
        user_id = store.sink(User).add(
            public_id=public_id(chance),
            name=name,
            email=email_of(role),
            email_folded=email_of(role),
            role=role,
            password_changed_at=hired,
            created_at=hired,
        )
        ground.staff[role.value] = user_id
        for club_id in ground.club_ids:
            store.sink(UserClub).add(user_id=user_id, club_id=club_id)
        kept = {"role": role.value}
        unit = ground.unit("staff", role)
        ground.deeds.append(Deed(hired, "system", "user added", "user", user_id, kept, unit))
        _past_session(ground, user_id)
        # Everybody has ticked the first day, and gone on without the list.
        for day, place in FIRST_WEEK.get(role.value, ()):
            if day == 1:
                store.sink(GuideTick).add(user_id=user_id, step=place.endpoint, at=hired)
    store.sink(RecoveryCode).add(
        user_id=ground.staff[Role.OWNER.value],
        code_hash=hexadecimal(chance, 64),
        used_at=hired + timedelta(days=9),
    )
    store.sink(CompanySetting).add(name="name", value="Demo Fitness", changed_at=hired)
    # Whoever looks at the demo signs in by password alone, also after a week.
    store.sink(CompanySetting).add(name="second_factor_required", value=False, changed_at=hired)
    store.sink(RoleRight).add(role=Role.TRAINER, right=SEE_PLANS, granted=True)
    ground.deeds.append(
        Deed(
            hired,
            ground.actor("owner"),
            "right changed",
            "role",
            Role.TRAINER.value,
            {"right": SEE_PLANS, "granted": True},
            ground.unit("right"),
        )
    )
    store.sink(LoginBrake).add(
        key="address:192.0.2.7",
        failures=3,
        last_failed_at=order.moment - timedelta(days=12),
        blocked_until=order.moment - timedelta(days=12) + timedelta(minutes=1),
    )


def _past_session(ground: Ground, user_id: int) -> None:
    chance = ground.order.chance("session", user_id)
    began = ground.order.moment - timedelta(days=1, hours=6)
    ground.store.sink(UserSession).add(
        token_hash=hexadecimal(chance, 64),
        user_id=user_id,
        created_at=began,
        last_seen_at=began + timedelta(hours=4),
        expires_at=began + timedelta(hours=12),
        ended_at=began + timedelta(hours=4),
        ended_why="signed_out",
        address="192.0.2.10",
        agent="Demo browser",
    )


def _tokens(ground: Ground) -> None:
    order, store = ground.order, ground.store
    chance = order.chance("tokens")
    began = order.moment - timedelta(days=200)
    store.sink(OneTimeToken).add(
        purpose=TokenPurpose.INVITE,
        token_hash=hexadecimal(chance, 64),
        user_id=ground.staff[Role.DESK.value],
        created_at=began,
        expires_at=began + timedelta(hours=72),
        used_at=began + timedelta(hours=2),
    )
    token_id = store.sink(ApiToken).add(
        public_id=public_id(chance),
        name="Last year's bookkeeping export",
        role=Role.ACCOUNTANT,
        token_hash=hexadecimal(chance, 64),
        created_at=began,
        last_used_at=began + timedelta(days=30),
        revoked_at=began + timedelta(days=31),
    )
    store.sink(ApiTokenClub).add(token_id=token_id, club_id=ground.club_ids[0])
    owner, kept = ground.actor("owner"), {"role": Role.ACCOUNTANT.value}
    ground.deeds.append(
        Deed(began, owner, "token added", "token", token_id, kept, ground.unit("token"))
    )
    store.sink(IdempotencyKey).add(
        caller=ground.actor("desk"),
        key=hexadecimal(chance, 32),
        fingerprint=hexadecimal(chance, 64),
        claimed_at=order.moment - timedelta(hours=3),
        status=201,
        content_type="application/json",
        body=b"{}",
    )
    store.sink(Lease).add(
        name="scheduler",
        holder="",
        fence=1,
        expires_at=order.moment - timedelta(minutes=5),
        renewed_at=order.moment - timedelta(minutes=6),
    )


def _job_runs(ground: Ground) -> None:
    moment = ground.order.moment
    for back in range(7, 0, -1):
        day = (moment - timedelta(days=back)).date()
        for club_id in ground.club_ids:
            _job_run(ground, f"{club_id}:{day}", moment - timedelta(days=back), day)


def _job_run(ground: Ground, slot: str, at: datetime, day: date) -> None:
    ground.store.sink(JobRun).add(
        job="seeded-history",
        slot=slot,
        state=RunState.DONE,
        attempts=1,
        fence=1,
        started_at=at,
        finished_at=at + timedelta(seconds=2 + day.day % 3),
        done=1,
    )
