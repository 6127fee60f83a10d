"""Crediting and debiting wallets by operators, by one or two of them (Rule 3.5)."""

from collections.abc import Collection

from rebate.domain.deciders import insist_not_own
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.events import Adjusted
from rebate.domain.ledger import JournalEntry
from rebate.domain.money import Amount
from rebate.domain.movements import (
    ADJUSTABLE,
    Leg,
    MovementKind,
    insist_amount,
    movement,
    pocket_of,
)
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.requests import OPERATORS, Request, RequestState
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.money.ledger import WalletLedger, request_source
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.lists import ListItem

ASKED = "adjustments/asked"
"""The list of adjustments that wait for a second operator."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is to be added to a member's balance (below zero: taken from it), and why.

    `below_zero`: the balance may be below zero afterwards.
    """

    member: MemberId
    asset: str
    amount: Amount
    reason: str
    below_zero: bool = False


def adjust(
    ledger: WalletLedger,
    name: str,
    wish: Adjustment,
    at: Instant,
    *,
    by: str,
    approve: bool = True,
    own_members: Collection[MemberId] = (),
) -> Request:
    """Add to a balance, or take from it; the same again is no second adjustment.

    Above the set amount the first operator's request moves nothing: another has to ask for the
    same under the same id, or one rejects it by `approve` False. Nobody adjusts their own.

    Raises:
        Rejected: `invalid_request`, `unknown_member`, `not_yours` or `insufficient_balance`.
        Mismatch: the id is known with other content, or was decided otherwise.
        Unavailable: others kept writing to the wallet.
    """
    insist_amount(abs(wish.amount) if type(wish.amount) is int else wish.amount)
    if not wish.reason.strip():
        raise Rejected(Code.INVALID_REQUEST, "reason must not be empty")
    asked = Request(
        MovementKind.ADJUSTMENT,
        OPERATORS,
        name,
        wish.member,
        pocket_of(wish.asset, ADJUSTABLE),
        wish.amount,
        at,
        wish.reason,
        wish.below_zero,
        state=RequestState.ASKED,
        version=0,
    )
    return ledger.carry_out(lambda: _adjust(ledger, asked, by, own_members, approve=approve))


def _adjust(
    ledger: WalletLedger,
    asked: Request,
    by: str,
    own_members: Collection[MemberId],
    *,
    approve: bool,
) -> Request:
    known = ledger.store.get(Request, key_of(asked)) or asked
    known.insist_same(asked)
    if known.version == 0:
        ledger.insist_known(asked.member)
    insist_not_own(asked.member, own_members, f"the wallet of {asked.member}")
    after = _decided(ledger, known, by) if approve else _rejected(known)
    if after == known:
        return known
    held = ledger.wallet(known.member)
    entry = _entry(known, held)  # refused now rather than when a second operator approves
    done = after.state == RequestState.DONE
    ledger.post(
        request_source(known),
        after.version,
        entry if done else None,
        at=known.at,
        rests_on=[held] if done else (),
        events=(_told(known),) if done else (),
        rows=_kept(known, after),
    )
    return after


def _decided(ledger: WalletLedger, known: Request, by: str) -> Request:
    if known.state == RequestState.REJECTED:
        raise Mismatch(f"adjustment {known.id} was decided otherwise: it was rejected")
    if known.state == RequestState.DONE or by in known.approvals:
        return known
    most = ledger.rules.adjust_two_above
    needs = 2 if most is not None and abs(known.amount) > most else 1
    approvals = (*known.approvals, by)
    state = RequestState.DONE if len(approvals) >= needs else RequestState.ASKED
    return replace(known, approvals=approvals, state=state, version=known.version + 1)


def _rejected(known: Request) -> Request:
    if known.state == RequestState.DONE:
        raise Mismatch(f"adjustment {known.id} was decided otherwise: it was carried out")
    if known.version == 0:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no adjustment {known.id}")
    if known.state == RequestState.REJECTED:
        return known
    return replace(known, state=RequestState.REJECTED, version=known.version + 1)


def _entry(asked: Request, held: Wallet) -> JournalEntry:
    legs = (Leg(asked.member, asked.pocket, asked.amount),)
    kind, wallets = MovementKind.ADJUSTMENT, {asked.member: held}
    return movement(kind, legs, wallets, below_zero=asked.below_zero)


def _told(asked: Request) -> Adjusted:
    return Adjusted(asked.id, asked.member, asked.pocket, asked.amount, asked.subject)


def _kept(known: Request, after: Request) -> list[Write]:
    """Return the row, and its place among those that wait for a second operator."""
    place = ListItem(ASKED, after.at, after.id)
    writes: list[Write] = [Put(after, expects=known.version)]
    if after.state == RequestState.ASKED:
        writes.append(Put(place))
    elif known.version:
        writes.append(Remove(ListItem, key_of(place)))
    return writes
