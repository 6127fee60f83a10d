"""What makes draws verifiable, shown to everybody (Rules 1.3.4, 8.4)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from rebate.contracts import draws as said
from rebate.contracts.settings import (
    PlanEntitlement,
    QueueRebate,
    ScopeEntitlement,
    Settings,
)
from rebate.domain.draws import Lottery, luck_of
from rebate.domain.errors import Code, Rejected
from rebate.domain.money import Amount
from rebate.domain.names import EntryId, MemberId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.tickets import Entry, Line, Status, Ticket
from rebate.domain.times import Instant, day_of
from rebate.usecases.plans import plan_of
from rebate.usecases.ports import Store
from rebate.usecases.rows import Key, Seed, joined
from rebate.usecases.seeds import DAYS_AHEAD
from rebate.usecases.settings import InForce
from rebate.usecases.terms import lottery_of

DAYS_BACK = 30


def show_draws(
    store: Store, in_force: InForce, now: Instant, day: date | None = None
) -> said.Draws:
    """Return what is published of the last days, or of one day, and the odds in force."""
    settings = in_force.settings
    today = day_of(now, settings.zone)
    span = range(-DAYS_BACK, DAYS_AHEAD + 1)
    wanted = [today + timedelta(days=offset) for offset in span] if day is None else [day]
    rows = store.get_many(Seed, {Key(each.isoformat()) for each in wanted}).values()
    newest_first = sorted(rows, key=lambda row: row.day, reverse=True)
    return said.Draws(
        timezone=settings.timezone,
        days=tuple(_day(row, today) for row in newest_first),
        odds=dict(_odds_in_force(settings)),
    )


def show_entry_draw(
    store: Store,
    in_force: InForce,
    now: Instant,
    *,
    member: MemberId,
    queue: QueueId,
    entry: EntryId,
) -> said.EntryDraw:
    """Return the odds of a member's entry, and all that its draw can be checked by.

    Raises:
        Rejected: `unknown_entry`: the member has no such entry; `no_lottery`: none decides it.
    """
    row = store.get(Queue, Key(queue))
    found = _find(store.query(Ticket, member, prefix=f"{joined(queue)}#"), entry)
    if row is None or found is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"you have no entry {entry} in queue {queue}")
    ticket, line, its = found
    if line.lottery is None:
        raise Rejected(Code.NO_LOTTERY, f"no lottery decides the ratio of entry {entry}")
    plan = plan_of(queue, in_force.terms)
    status = row.status_of(ticket, its, completed_first=plan.completed_first)
    seed = store.get(Seed, Key(its.drawn_on)) if its.drawn_on else None
    shown = _day(seed, day_of(now, in_force.terms.zone)) if seed else None
    is_known = shown is not None and shown.seed is not None
    return said.EntryDraw(
        queue=queue,
        entry=entry,
        odds=_odds(line.lottery, in_force.settings.guards.lottery_prize_max),
        may_draw=status in {Status.HELD, Status.WAITING} and not its.drawn and not its.paid,
        drawn=its.drawn,
        ratio_bps=line.gets_bps or 0,
        seed_day=its.drawn_on,
        commitment=shown.commitment if shown else None,
        seed=shown.seed if shown else None,
        luck=luck_of(bytes.fromhex(seed.secret), entry) if seed and is_known else None,
    )


def _day(row: Seed, today: date) -> said.DrawDay:
    """Return what is published of a day: its seed only once it is over."""
    is_over = row.day < today.isoformat()
    secret = row.secret if is_over else None
    return said.DrawDay(day=row.day, commitment=row.commitment, seed=secret, late=row.late)


def _find(tickets: Iterable[Ticket], entry: EntryId) -> tuple[Ticket, Line, Entry] | None:
    for ticket in tickets:
        for index, line in enumerate(ticket.lines):
            if line.entry and ticket.entry_id(index) == entry:
                return ticket, line, line.entry
    return None


def _odds(lottery: Lottery, prize_max: Amount) -> said.Odds:
    prizes = tuple(said.PrizeOdds(bps=bps, weight=weight) for bps, weight in lottery.prizes)
    width = 0 if prizes else lottery.high_bps - lottery.low_bps + 1
    return said.Odds(
        prizes=prizes,
        low_bps=None if prizes else lottery.low_bps,
        high_bps=None if prizes else lottery.high_bps,
        miss_weight=lottery.miss_weight,
        total_weight=sum(prize.weight for prize in prizes) + width + lottery.miss_weight,
        prize_max=prize_max,
    )


def _odds_in_force(settings: Settings) -> Iterator[tuple[str, said.Odds]]:
    plan = settings.queue_rebate
    if plan is None or not plan.enabled:
        return
    for name, entitlement in _entitlements(plan):
        lottery = lottery_of(entitlement)
        if lottery:
            yield name, _odds(lottery, settings.guards.lottery_prize_max)


def _entitlements(plan: QueueRebate) -> Iterator[tuple[str, PlanEntitlement]]:
    yield "plan", plan.entitlement
    yield from _named("product", plan.products)
    yield from _named("store", plan.store_settings)
    for store, scope in plan.store_settings.items():
        yield from _named(f"store/{store}/product", scope.products)
    yield from _named("cashier", plan.cashier_settings)


def _named(kind: str, scopes: Mapping[str, object]) -> Iterator[tuple[str, PlanEntitlement]]:
    for name, scope in scopes.items():
        entitlement = getattr(scope, "entitlement", None)
        if isinstance(entitlement, ScopeEntitlement):
            yield f"{kind}/{name}", entitlement
