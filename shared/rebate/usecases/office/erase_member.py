"""Erasing a member: name, picture, payout references, notes and inbox go (Rule 8.10).

What accounts must keep holds the member's id and amounts alone, so the books balance as before.
"""

from collections.abc import Iterator
from itertools import islice

from rebate.contracts.office import Erased
from rebate.domain.errors import Code, Conflict, Mismatch, Rejected, Unavailable
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.times import datetime_of
from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.office.places import renamed
from rebate.usecases.storage.office import Erasure, Note
from rebate.usecases.storage.ports import Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows import Key, Member, Notice, key_of, owned_key

ATTEMPTS = 10
ROWS_AT_ONCE = 50


def erase_member(
    store: Store, clock: Clock, name: str, member: MemberId, *, by: str, reason: str | None = None
) -> Erased:
    """Erase a member; the same again, cut off or not, erases what came since.

    An account to which something is still to be paid out goes when that is over.

    Raises:
        Rejected: `unknown_member`.
        Mismatch: the id is known for another member.
        Unavailable: others kept writing to the member; ask again.
    """
    erasure = _recorded(store, clock, Erasure(name, member, clock.now(), by, reason))
    goes = _what_goes(store, member)
    while some := list(islice(goes, ROWS_AT_ONCE)):
        store.commit(some)
    return Erased(erasure.id, member, datetime_of(erasure.at))


def _recorded(store: Store, clock: Clock, wanted: Erasure) -> Erasure:
    """Take the member's name away, and remember that it was asked for."""
    for _ in range(ATTEMPTS):
        known = store.get(Erasure, Key(wanted.id))
        if known is not None and known.member != wanted.member:
            raise Mismatch(f"erasure {wanted.id} is known for another member")
        member = store.get(Member, Key(wanted.member))
        if member is None:
            raise Rejected(Code.UNKNOWN_MEMBER, f"there is no member {wanted.member}")
        after = replace(member, nickname=None, avatar_url=None, version=member.version + 1)
        after = replace(after, erased_at=member.erased_at or clock.now())
        if known is not None and replace(after, version=member.version) == member:
            return known
        writes: list[Write] = [Put(after, expects=member.version), *renamed(member, after)]
        writes += [] if known else [Put(wanted, expects=0)]
        try:
            store.commit(writes)
        except Conflict:
            continue
        return known or wanted
    raise Unavailable(f"others keep writing to member {wanted.member}")


def _what_goes(store: Store, member: MemberId) -> Iterator[Write]:
    yield from _all(store, Notice, f"member/{member}")
    yield from _all(store, Note, member)
    for account in store.query(PayoutAccount, member):
        payout = store.get(Withdrawal, owned_key(account.withdrawal, member))
        if payout is None or payout.is_over:
            yield Remove(PayoutAccount, key_of(account))


def _all(store: Store, kind: type[Notice] | type[Note], partition: str) -> Iterator[Write]:
    after: str | None = None
    while rows := store.query(kind, partition, after=after, limit=ROWS_AT_ONCE):
        yield from (Remove(kind, key_of(row)) for row in rows)
        after = key_of(rows[-1]).sort
