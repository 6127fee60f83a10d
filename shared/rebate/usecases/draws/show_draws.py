"""What makes draws verifiable, shown to everybody (Rules 1.3.4, 8.4)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from rebate.contracts import draws as said
from rebate.domain.draws import Lottery, luck_of
from rebate.domain.errors import Code, Rejected
from rebate.domain.money import ZERO_BPS, Amount
from rebate.domain.names import EntryId, MemberId, ProductId, QueueId, StoreId
from rebate.domain.plans import queue_rebate, queue_rebate_terms
from rebate.domain.queues import Queue
from rebate.domain.scopes import Scope
from rebate.domain.terms import Terms
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import Instant, day_of
from rebate.usecases.draws.seeds import DAYS_AHEAD, Seeds, mixed
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.storage.rows.keys import Key, joined
from rebate.usecases.storage.rows.settings import Seed

DAYS_BACK = 30

Name = TypeVar("Name", ProductId, StoreId)


def show_draws(seeds: Seeds, terms: Terms, now: Instant, day: date | None = None) -> said.Draws:
    """Return what is published of the last days, or of one day, and the odds in force."""
    today = day_of(now, terms.zone)
    span = range(-DAYS_BACK, DAYS_AHEAD + 1)
    wanted = [today + timedelta(days=offset) for offset in span] if day is None else [day]
    rows = seeds.store.get_many(Seed, {Key(each.isoformat()) for each in wanted}).values()
    newest_first = sorted(rows, key=lambda row: row.day, reverse=True)
    return said.Draws(
        timezone=terms.zone.key,
        days=tuple(_day(seeds, row, terms, now) for row in newest_first),
        odds=dict(_odds_in_force(terms)),
    )


def show_entry_draw(
    seeds: Seeds,
    terms: Terms,
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
    store = seeds.store
    row = store.get(Queue, Key(queue))
    found = _find(store.query(Ticket, member, prefix=f"{joined(queue)}#"), entry)
    if row is None or found is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"you have no entry {entry} in queue {queue}")
    ticket, line, its = found
    if line.lottery is None:
        raise Rejected(Code.NO_LOTTERY, f"no lottery decides the ratio of entry {entry}")
    plan = shown_plan_of(queue, terms)
    status = row.status_of(ticket, its, completed_first=plan.completed_first)
    seed = store.get(Seed, Key(its.drawn_on)) if its.drawn_on else None
    shown = _day(seeds, seed, terms, now) if seed else None
    drawn_by = bytes.fromhex(shown.seed) if shown and shown.seed else None
    return said.EntryDraw(
        queue=queue,
        entry=entry,
        odds=_odds(line.lottery, plan.prize_max),
        may_draw=status in {Status.HELD, Status.WAITING} and not its.drawn and not its.paid,
        drawn=its.drawn,
        ratio_bps=line.entitlement_bps or ZERO_BPS,
        seed_day=its.drawn_on,
        commitment=shown.commitment if shown else None,
        seed=shown.seed if shown else None,
        mixed_with=shown.mixed_with if shown else None,
        luck=luck_of(mixed(drawn_by, seed.mix), entry) if seed and drawn_by else None,
    )


def _day(seeds: Seeds, row: Seed, terms: Terms, now: Instant) -> said.DrawDay:
    """Return what is published of a day: its seed only once it is over."""
    shown = seeds.shown(row, terms.zone, now)
    return said.DrawDay(
        day=row.day,
        commitment=row.commitment,
        seed=shown.secret if shown else None,
        late=row.late,
        mixed_with=row.mix or None,
    )


def _find(tickets: Iterable[Ticket], entry: EntryId) -> tuple[Ticket, TicketLine, Entry] | None:
    for ticket in tickets:
        for index, line in enumerate(ticket.lines):
            if line.entry and ticket.entry_id(index) == entry:
                return ticket, line, line.entry
    return None


def _odds(lottery: Lottery, prize_max: Amount | None) -> said.Odds:
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


def _odds_in_force(terms: Terms) -> Iterator[tuple[str, said.Odds]]:
    if not terms.has_on(queue_rebate.PLAN):
        return
    plan = terms.of(queue_rebate.PLAN)
    for name, scope in _scopes(plan):
        if scope.lottery:
            yield name, _odds(scope.lottery, plan.prize_max)


def _scopes(plan: queue_rebate_terms.QueueRebateTerms) -> Iterator[tuple[str, Scope]]:
    """Yield whatever may have a lottery, with its name."""
    yield "plan", plan.plan
    yield from _named("product", plan.products)
    yield from _named("store", {name: store.scope for name, store in plan.stores.items()})
    for name, store in plan.stores.items():
        yield from _named(f"store/{name}/product", store.products)
    yield from _named("cashier", {name: desk.scope for name, desk in plan.desks.items()})


def _named(kind: str, scopes: Mapping[Name, Scope]) -> Iterator[tuple[str, Scope]]:
    return ((f"{kind}/{name}", scope) for name, scope in scopes.items())
