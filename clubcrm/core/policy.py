"""Who may call a view: each one declares its policy, and undeclared ones are not served."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g

from clubcrm.core.clubs import Scope

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Policy:
    """The declared rule of a view: `kind` is right, signed_in, public, device or link."""

    kind: str
    right: str = ""
    why: str = ""
    own_units: bool = False
    before_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: a user, an API token, a device, or nobody."""

    kind: str = "nobody"
    id: int = 0
    name: str = ""
    role: str = ""
    rights: frozenset[str] = field(default_factory=frozenset)
    club_ids: tuple[int, ...] = ()
    locale: str | None = None
    theme: str = "auto"
    second_factor: bool = True

    @property
    def is_known(self) -> bool:
        """Tell whether somebody is signed in."""
        return self.kind != "nobody"

    @property
    def scope(self) -> Scope:
        """Return the clubs this actor may see."""
        return Scope(self.club_ids)

    @property
    def ref(self) -> str:
        """Return the name ledgers and audit lines carry, such as "user:7"."""
        return f"{self.kind}:{self.id}" if self.is_known else "nobody"

    def may(self, right: str) -> bool:
        """Tell whether the actor holds the right."""
        return right in self.rights


NOBODY = Actor()
ActorLoader = Callable[[], Actor]


def install_actor_loader(app: Flask, loader: ActorLoader) -> None:
    """Requests find out who asks through this function from now on."""
    app.extensions["club_actor_loader"] = loader


def current_actor() -> Actor:
    """Return who asks, looked up once per request."""
    if "actor" not in g:
        loader: ActorLoader = current_app.extensions.get("club_actor_loader", lambda: NOBODY)
        g.actor = loader()
        g.actor_name = g.actor.ref
    actor: Actor = g.actor
    return actor


def _declare(policy: Policy) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return decorate


def require(right: str, *, own_units: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only actors holding the right reach the view."""
    return _declare(Policy("right", right=right, own_units=own_units))


def signed_in(
    why: str, *, before_second_factor: bool = False, own_units: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Any signed-in person reaches the view, if asked for even before the second factor."""
    policy = Policy(
        "signed_in", why=why, own_units=own_units, before_second_factor=before_second_factor
    )
    return _declare(policy)


def public(why: str, *, own_units: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Everybody reaches the view, for the stated reason."""
    return _declare(Policy("public", why=why, own_units=own_units))


def device_door(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Devices reach the view; it checks their key itself and runs its own units of work."""
    return _declare(Policy("device", why=why, own_units=True))


def member_link(
    purpose: str, *, own_units: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Holders of a signed single-purpose link reach the view, which checks the token itself."""
    return _declare(Policy("link", why=purpose, own_units=own_units))


def policy_of(view: Callable[..., object]) -> Policy | None:
    """Return the declared policy of a view function, if it has one."""
    found = getattr(view, "policy", None)
    return found if isinstance(found, Policy) else None
