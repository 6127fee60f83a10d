"""Queues, their lines and what is to be expected of them, as the HTTP API tells operators."""

from collections.abc import Mapping
from datetime import datetime

from rebate.contracts.api import EntryShown
from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass, field


@dataclass(frozen=True, slots=True)
class QueuePace:
    """What a queue's line was given on the last whole days, and what comes of that (rule 8.2).

    In so many `days` all who wait now are paid (null: never at this pace); `ever_paid_bps` is the
    share of all promises of those days that can ever be paid (null: nothing was promised).
    """

    days_seen: int
    given: Amount
    gifts: int
    ever_paid_bps: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class QueueShown:
    """A queue as operators see it.

    `plan` is None where this release knows no plan of such queues. `entries` have joined,
    `waiting` of them wait and lack `owed` together. `stalled`: nothing joins it any more, since its
    product was taken off sale (rule 1.5.5) or lines join another queue by the settings now
    (rule 1.4.1). `name` is that of its product or store. `pace` is null while no whole day was
    seen.
    """

    queue: str
    kind: str
    plan: str | None
    entries: int
    waiting: int
    owed: Amount
    pool: Amount
    contributed: Amount
    retained: Amount
    borne: Amount
    clawed_back: Amount
    repurchased: Amount
    cleared_at: datetime | None
    stalled: bool = False
    name: str | None = None
    pace: QueuePace | None = None


@dataclass(frozen=True, slots=True)
class Queues:
    """A page of the queues that have ever settled anything, by their ids."""

    queues: tuple[QueueShown, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue and a page of the entries that wait in it, in order of place.

    `nicknames` are those of their members, by id.
    """

    queue: QueueShown
    line: tuple[EntryShown, ...]
    next: str | None = None
    nicknames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueDay:
    """A day of the shop in one queue: so many `entries` joined, and `completed` were paid in full.

    `promised` is what those that joined may get, less what refunds took from older ones; `paid` is
    what entries got of it, less what was taken back; `ended` what those lacked that were cleared,
    exchanged or converted.
    """

    day: str
    entries: int
    completed: int
    contributed: Amount
    promised: Amount
    paid: Amount
    ended: Amount


@dataclass(frozen=True, slots=True)
class QueueDays:
    """A queue's last 30 days, today included, from the first on of which anything is known."""

    queue: str
    days: tuple[QueueDay, ...]


@dataclass(frozen=True, slots=True)
class ExpectedWait:
    """When an entry is paid in full at the queue's pace: in `days`, null if `outlook` says so.

    `outlook` is `expected`, `never` (at this pace), or `unknown` while no whole day was seen.
    `cleared_first`: the scheduled clearing comes before that.
    """

    entry: str
    member: str
    place: int
    ahead: Amount | None
    waiting: Amount | None
    days: int | None
    cleared_first: bool
    outlook: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long a queue's entries will wait (rules 7.5, 8.2).

    In the last `days_seen` whole days orders contributed `given` for the line, in `gifts`
    contributions, and joined for `promised`; so `ever_paid_bps` of what is promised can ever be
    paid. What waits now is paid in `days`; where that is null `outlook` says why, as in
    `ExpectedWait`. Over the last 90 days what is paid has grown by `trend_percent` a month; if that
    goes on, what waits is paid in `days_at_trend` (null: not known, or never). To pay it in the
    days asked for, `needed_bps` of what is given now is needed; in the union plan that takes the
    share `profit_share_bps` of profits.
    """

    queue: str
    days_seen: int
    given: Amount
    gifts: int
    promised: Amount
    ever_paid_bps: Bps | None
    owed: Amount
    days: int | None
    needed_bps: Bps | None
    profit_share_bps: Bps | None
    clears_at: datetime | None
    line: tuple[ExpectedWait, ...]
    outlook: str
    trend_percent: float | None
    days_at_trend: int | None
    next: str | None = None
