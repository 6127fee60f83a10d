"""Erasing a member: whatever is personal goes, wherever it is stored (Rule 8.10).

That is name and picture, payout accounts and the digests of their references, notes, inbox, what
was written into applications, and what letters say. What accounts must keep holds the member's id
and amounts alone, so the books balance as before.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from rebate.contracts.office import Erased
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.links import LinkedMember
from rebate.domain.merchants import Applicant, Application
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.times import datetime_of
from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.merchants.apply import of_member, store_application
from rebate.usecases.office.erase_letters import letters_without
from rebate.usecases.office.places import introductions, renamed
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.people.shared_accounts import forgotten
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.office import Erasure, Note
from rebate.usecases.storage.ports import Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows.catalog import Member, new_member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, owned_key
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.notices import Notice, NoticesSeen

ROWS_AT_ONCE = 50


def erase_member(
    desk: PeopleDesk, name: str, member: MemberId, *, by: str, reason: str | None = None
) -> Erased:
    """Erase a member; the same again, cut off or not, erases what came since.

    So does what there is of the account that was linked to the member, from before the link.
    An account to which something is still to be paid out goes when that is over. An application
    that is not decided is rejected.

    Raises:
        Rejected: `unknown_member`.
        Mismatch: the id is known for another member.
        Unavailable: others kept writing to the member; ask again.
    """
    store, clock = desk.store, desk.clock
    erasure = _recorded(store, clock, Erasure(name, member, clock.now(), by, reason))
    link = store.get(LinkedMember, Key(member))
    for known_as in {member, MemberId(link.subject) if link else member}:
        goes = _what_goes(desk, known_as)
        while some := list(islice(goes, ROWS_AT_ONCE)):
            store.commit(some)
        for place in store.query(ListItem, of_member(known_as)):
            desk.carry_out(partial(_erase_application, desk, place.id, by))
    return Erased(erasure.id, member, datetime_of(erasure.at))


def _recorded(store: Store, clock: Clock, wanted: Erasure) -> Erasure:
    """Take the member's name away, and remember that it was asked for."""

    def attempt() -> Erasure:
        known = store.get(Erasure, Key(wanted.id))
        if known is not None and known.member != wanted.member:
            raise Mismatch(f"erasure {wanted.id} is known for another member")
        member = store.get(Member, Key(wanted.member))
        applied = store.get(Applicant, Key(wanted.member)) if member is None else None
        if applied is not None:
            member = new_member(wanted.member)  # nothing else is known of who only applied
        if member is None:
            raise Rejected(Code.UNKNOWN_MEMBER, f"there is no member {wanted.member}")
        after = replace(member, nickname=None, avatar_url=None, version=member.version + 1)
        after = replace(after, erased_at=member.erased_at or clock.now())
        if known is not None and replace(after, version=member.version) == member:
            return known
        writes: list[Write] = [Put(after, expects=member.version), *renamed(member, after)]
        writes += [] if known else [Put(wanted, expects=0)]
        store.commit([*writes, *introductions(writes, clock.now())])
        return known or wanted

    return attempted(attempt, f"member {wanted.member}")


def _what_goes(desk: PeopleDesk, member: MemberId) -> Iterator[Write]:
    store = desk.store
    yield from _all(store, Notice, f"member/{member}")
    yield Remove(NoticesSeen, Key(member))
    yield from _all(store, Note, member)
    for account in store.query(PayoutAccount, member):
        payout = store.get(Withdrawal, owned_key(account.withdrawal, member))
        assert payout is not None, "an account is stored with its withdrawal"
        if payout.is_over:
            yield from forgotten(account, payout)
    yield from letters_without(store, desk.settings.in_force().terms.senders, member)


def _erase_application(desk: PeopleDesk, name: str, by: str) -> None:
    known = desk.store.get(Application, Key(name))
    assert known is not None, f"application {name} stands in a list and is not stored"
    store_application(desk, known, known.erased(by, desk.clock.now()))


def _all(store: Store, kind: type[Notice] | type[Note], partition: str) -> Iterator[Write]:
    after: str | None = None
    while rows := store.query(kind, partition, after=after, limit=ROWS_AT_ONCE):
        yield from (Remove(kind, key_of(row)) for row in rows)
        after = key_of(rows[-1]).sort
