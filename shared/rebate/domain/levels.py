"""Levels and ranks by conditions: who has reached which step (Rule 2.9)."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.records import dataclass
from rebate.domain.times import DAY, Instant
from rebate.domain.wire import money, stored_as, wire

MAX_DEPTH = 2
"""Levels of a team that count where the referral plan says nothing."""


@stored_as("level_step")
@dataclass(frozen=True, slots=True)
class LevelStep:
    """A level or rank, and the conditions that all must hold; None: it is none.

    `spent` and `orders` are of the member's own completed orders after refunds, `referred` counts
    who was referred and has one, `team_spent` is what all below spent; each in the last `days` of
    24 hours, None: ever.
    """

    name: Annotated[str, wire("name")]
    spent: Annotated[Amount | None, money("spent", absent=None)] = None
    orders: Annotated[int | None, wire("orders", absent=None)] = None
    referred: Annotated[int | None, wire("referred", absent=None)] = None
    team_spent: Annotated[Amount | None, money("team_spent", absent=None)] = None
    days: Annotated[int | None, wire("days", absent=None)] = None

    def since(self, at: Instant) -> Instant:
        """Return from when on things count, looked at from an instant."""
        return Instant(0) if self.days is None else Instant(max(0, at - self.days * DAY))

    @property
    def counts_team(self) -> bool:
        """Whether what those below do counts."""
        return self.referred is not None or self.team_spent is not None


@stored_as("level_terms")
@dataclass(frozen=True, slots=True)
class LevelTerms:
    """Member levels and team ranks from the lowest to the highest, as conditions give them.

    `fall`: at the turn of a month they are taken away where conditions do not hold any more.
    `depth` is how many levels below somebody are their team.
    """

    members: Annotated[tuple[LevelStep, ...], wire("members", absent=[])] = ()
    ranks: Annotated[tuple[LevelStep, ...], wire("ranks", absent=[])] = ()
    fall: Annotated[bool, wire("fall", absent=False)] = False
    depth: Annotated[int, wire("depth", absent=2)] = MAX_DEPTH

    @property
    def are_set(self) -> bool:
        """Whether there is any."""
        return bool(self.members or self.ranks)

    @property
    def count_teams(self) -> bool:
        """Whether what those below do counts anywhere."""
        return any(step.counts_team for step in (*self.members, *self.ranks))


@stored_as("team_order")
@dataclass(frozen=True, slots=True)
class TeamOrder:
    """A completed order of somebody below a member, `depth` levels down (1: referred directly).

    `amount` is what was paid for it, after refunds. Who stood above was read at its completion.
    """

    above: Annotated[MemberId, wire("above")]
    order: Annotated[OrderId, wire("order")]
    completed_at: Annotated[Instant, wire("completed_at")]
    member: Annotated[MemberId, wire("member")]
    depth: Annotated[int, wire("depth")]
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING


@stored_as("team_upline")
@dataclass(frozen=True, slots=True)
class TeamUpline:
    """For whom a completed order counts: those above its buyer then, the nearest first."""

    order: Annotated[OrderId, wire("order")]
    above: Annotated[tuple[MemberId, ...], wire("above", absent=[])] = ()


@stored_as("level_run")
@dataclass(frozen=True, slots=True)
class LevelRun:
    """A run that lets levels fall, up to which member it came."""

    id: Annotated[str, wire("id")]
    at: Annotated[Instant, wire("at")]
    reached: Annotated[MemberId | None, wire("reached", absent=None)] = None
    finished: Annotated[bool, wire("finished", absent=False)] = False


Holds: TypeAlias = Callable[[LevelStep], bool]


def risen(steps: Sequence[LevelStep], now: str | None, holds: Holds) -> str | None:
    """Return the highest step whose conditions hold, if it is above where somebody is.

    What is none of the steps stands below all of them.
    """
    names = [step.name for step in steps]
    here = names.index(now) if now in names else -1
    above = reversed(steps[here + 1 :])
    return next((step.name for step in above if holds(step)), now)


def kept(steps: Sequence[LevelStep], now: str | None, holds: Holds) -> str | None:
    """Return the highest step, up to where somebody is, whose conditions hold; None: none does.

    What is none of the steps nobody falls from.
    """
    names = [step.name for step in steps]
    if now not in names:
        return now
    below = reversed(steps[: names.index(now) + 1])
    return next((step.name for step in below if holds(step)), None)
