"""What operators look at first: what needs a hand, and the last 30 days by day (contracts, 6)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from rebate.contracts.office import DayShown, Overview, Waiting
from rebate.domain.days import DaySums
from rebate.domain.gifts import Redemption, RedemptionState
from rebate.domain.money import Amount, sum_of
from rebate.domain.movements import MovementKind
from rebate.domain.records import fields_of
from rebate.domain.requests import OPERATORS, Request
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, datetime_of, day_of
from rebate.domain.withdrawals import Withdrawal, WithdrawalState
from rebate.usecases.money import redeem_gift, request_withdrawal
from rebate.usecases.money.adjust import ASKED
from rebate.usecases.reports.read_days import ReportPeriod, sums_by
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, owned_key, request_key
from rebate.usecases.storage.rows.lists import ListItem

DAYS = 30

COUNTED_MAX = 500
"""Things of a list that are counted; `more` says that there are others."""


def show_overview(store: Store, terms: Terms, now: Instant) -> Overview:
    """Return what waits for somebody, and what each of the last days came to, today included."""
    today = day_of(now, terms.zone)
    period = ReportPeriod(today - timedelta(days=DAYS - 1), today)
    sums = sums_by(period.read(store), lambda row: row.day)
    days = [(period.starts + timedelta(days=n)).isoformat() for n in range(DAYS)]
    return Overview(
        currency=terms.currency,
        waiting=tuple(each for each in _waiting(store) if each.count),
        days=tuple(_day(day, sums.get(day, DaySums())) for day in days),
    )


def _day(day: str, sums: DaySums) -> DayShown:
    return DayShown(day, **{name: each for name, each in fields_of(sums) if name != "drawn"})


def _waiting(store: Store) -> Iterator[Waiting]:
    def owned(item: ListItem) -> Key:
        return owned_key(item.id, item.member)

    def asked(item: ListItem) -> Key:
        return request_key(MovementKind.ADJUSTMENT, OPERATORS, item.id)

    for state, what in (
        (WithdrawalState.ASKED, "withdrawals_to_decide"),
        (WithdrawalState.APPROVED, "withdrawals_to_pay"),
    ):
        list_ = request_withdrawal.of_state(state)
        yield _counted(store, what, Withdrawal, list_, owned, lambda row: row.amount)
    yield _counted(store, "adjustments_to_approve", Request, ASKED, asked, None)
    placed = redeem_gift.of_state(RedemptionState.PLACED)
    yield _counted(store, "redemptions_to_send", Redemption, placed, owned, None)


def _counted(
    store: Store,
    what: str,
    kind: type,
    list_: str,
    key: Callable[[ListItem], Key],
    amount: Callable[[Withdrawal], Amount] | None,
) -> Waiting:
    items = store.query(ListItem, list_, limit=COUNTED_MAX + 1)
    some = items[:COUNTED_MAX]
    rows = store.get_many(kind, map(key, some)).values() if amount else ()
    return Waiting(
        what,
        len(some),
        more=len(items) > COUNTED_MAX,
        amount=sum_of(map(amount, rows)) if amount else None,
        oldest=datetime_of(some[0].at) if some else None,
    )
