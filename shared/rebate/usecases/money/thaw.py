"""Making frozen love value available: by an operator, or after set days (Rule 3.6)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from rebate.domain.deciders import insist_not_own
from rebate.domain.events import LoveThawed
from rebate.domain.ledger import BalanceType
from rebate.domain.money import LEAST, Amount, sum_of
from rebate.domain.movements import Leg, MovementKind, insist_amount, insist_covered, movement
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.requests import OPERATORS, SCHEDULE, FrozenLove, Request, thawed_of
from rebate.domain.times import DAY, Instant, later
from rebate.usecases.money.ledger import FROZEN, WalletLedger, request_source
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import joined, number
from rebate.usecases.storage.rows.lists import ListItem

LOTS_A_PAGE = 100

LOTS_AT_ONCE = 40
"""Lots thawed in one transaction, of which each removes two rows."""

WHOLE = "all that was frozen"
"""The subject of a thaw for which no amount was named."""


def thaw(
    ledger: WalletLedger,
    name: str,
    member: MemberId,
    amount: Amount | None,
    at: Instant,
    own_members: Collection[MemberId] = (),
) -> Request:
    """Make `amount` of a member's frozen love value available, or all of it (None).

    `own_members` are those that the operator is: nobody thaws their own.

    Raises:
        Rejected: `invalid_request`, `unknown_member`, `not_yours` or `insufficient_balance`.
        Mismatch: the id is known with other content.
        Unavailable: others kept writing to the wallet.
    """
    if amount is not None:
        insist_amount(amount)
    insist_not_own(member, own_members, f"the wallet of {member}")
    return ledger.carry_out(lambda: _thaw(ledger, name, member, amount, at))


def thaw_due(ledger: WalletLedger, at: Instant) -> int:
    """Thaw what was frozen the set days before `at` or earlier; return how many lots that was.

    Any number may try, and begin again anywhere: a lot's row goes with what it frees.

    Raises:
        Unavailable: others kept writing to a wallet; the next run thaws the rest.
    """
    days = (ledger.settings.in_force().document.get("wallet") or {}).get("love_thaw_days")
    if days is None:
        return 0
    until, done, after = later(at, -days * DAY), 0, None
    while True:
        places = ledger.store.query(ListItem, FROZEN, after=after, limit=LOTS_A_PAGE)
        due = [place for place in places if place.at <= until]
        for some in _by_member(due):
            done += ledger.carry_out(partial(_thaw_lots, ledger, some, at))
        if len(due) < LOTS_A_PAGE:
            return done
        after = key_of(places[-1]).sort


def _by_member(places: Iterable[ListItem]) -> Iterator[list[ListItem]]:
    """Yield the lots of a member together, as many as one transaction takes."""
    of: dict[MemberId, list[ListItem]] = {}
    for place in places:
        of.setdefault(place.member, []).append(place)
    for own in of.values():
        for start in range(0, len(own), LOTS_AT_ONCE):
            yield own[start : start + LOTS_AT_ONCE]


def _thaw(
    ledger: WalletLedger, name: str, member: MemberId, amount: Amount | None, at: Instant
) -> Request:
    held = ledger.wallet(member)
    frozen = held.has(BalanceType.LOVE_FROZEN)
    subject = WHOLE if amount is None else ""
    wanted = frozen if amount is None else amount
    asked = Request(
        MovementKind.THAW, OPERATORS, name, member, BalanceType.LOVE_FROZEN, wanted, at, subject
    )
    known = ledger.store.get(Request, key_of(asked))
    if known:
        known.insist_same(asked if amount else replace(asked, amount=known.amount))
        return known
    ledger.insist_known(member)
    insist_covered(held, BalanceType.LOVE_FROZEN, max(LEAST, wanted))
    ledger.post(
        request_source(asked),
        1,
        movement(MovementKind.THAW, _legs(member, wanted), {member: held}),
        at=at,
        rests_on=[held],
        events=(LoveThawed(member, wanted),),
        rows=[Put(asked)],
    )
    return asked


def _thaw_lots(ledger: WalletLedger, places: Sequence[ListItem], at: Instant) -> int:
    """Thaw what is left of a member's lots, the oldest there are; return how many were there.

    The wallet is read first and has to be the same at the end, so that it fits the lots.
    """
    member = places[0].member
    held, lots = ledger.wallet(member), ledger.store.query(FrozenLove, member)
    names = {(place.at, place.id) for place in places}
    due = [lot for lot in lots if (lot.at, lot.id) in names]
    if not due:
        return 0
    rest = sum_of(lot.amount for lot in lots if lot not in due)
    amount = thawed_of(sum_of(lot.amount for lot in due), held.has(BalanceType.LOVE_FROZEN), rest)
    gone: list[Write] = []
    for lot in due:
        place = ListItem(FROZEN, lot.at, lot.id, member)
        gone += [Remove(FrozenLove, key_of(lot)), Remove(ListItem, key_of(place))]
    name = joined(member, number(due[0].at), due[0].id)
    pocket = BalanceType.LOVE_FROZEN
    asked = Request(MovementKind.THAW, SCHEDULE, name, member, pocket, amount, at, due[0].id)
    if not amount:
        ledger.post(request_source(asked), 1, None, at=at, rests_on=[held], rows=gone)
        return len(due)
    ledger.post(
        request_source(asked),
        1,
        movement(MovementKind.THAW, _legs(member, amount), {member: held}),
        at=at,
        rests_on=[held],
        events=(LoveThawed(member, amount),),
        rows=[Put(asked), *gone],
    )
    return len(due)


def _legs(member: MemberId, amount: Amount) -> tuple[Leg, Leg]:
    return Leg(member, BalanceType.LOVE_FROZEN, -amount), Leg(member, BalanceType.LOVE, amount)
