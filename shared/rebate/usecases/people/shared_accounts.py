"""Members who withdraw to the payout reference of their referrer (Rule 1.6.5.2).

References are not kept for this, only their digests: who withdrew to which stands in a list each.
"""

from hashlib import sha256

from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.storage.ports import Put, Remove, Store, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem

SHARED = "shared payout references"
"""The list of members who share one with their referrer, by their withdrawals."""

USERS_MAX = 100
"""Withdrawals to one reference that are looked at; to one that has more, so has the member."""


def withdrawn_to(reference: str) -> str:
    """Return the list of the withdrawals to a payout reference."""
    return f"withdrawn to/{sha256(reference.strip().encode()).hexdigest()}"


def shared_writes(store: Store, asked: Withdrawal, reference: str) -> list[Write]:
    """Return what remembers to which reference a member withdraws, and if that is also another's.

    It is where the other has referred the member, or was referred by them.
    """
    list_ = withdrawn_to(reference)
    before = store.query(ListItem, list_, limit=USERS_MAX, backwards=True)
    users = {asked.member, *(item.member for item in before)}
    members = store.get_many(Member, map(Key, users))
    shared = [
        row.id
        for row in sorted(members.values(), key=lambda row: row.id)
        if row.referrer in users and asked.member in {row.id, row.referrer}
    ]
    return [
        Put(ListItem(list_, asked.at, asked.id, asked.member)),
        *(Put(ListItem(SHARED, asked.at, asked.id, member)) for member in shared),
    ]


def forgotten(account: PayoutAccount, payout: Withdrawal) -> list[Write]:
    """Return what removes a payout account, and the digest of its reference with it (Rule 8.10)."""
    place = ListItem(withdrawn_to(account.reference), payout.at, payout.id, payout.member)
    return [Remove(PayoutAccount, key_of(account)), Remove(ListItem, key_of(place))]
