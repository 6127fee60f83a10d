"""Corrected bindings, and members who share a payout reference with their referrer, as listed."""

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.people import BindingShown, BindingsShown, SharedAccount, SharedAccounts
from rebate.domain.invitations import Binding
from rebate.domain.names import MemberId
from rebate.domain.times import datetime_of
from rebate.usecases.people.correct_binding import ALL, of_member
from rebate.usecases.people.shared_accounts import SHARED
from rebate.usecases.storage.listed import listed
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem


def show_bindings(
    store: Store, member: MemberId | None = None, after: str | None = None
) -> BindingsShown:
    """Return a page of the corrections of a member's referrer, or of all, the newest first."""
    list_ = ALL if member is None else of_member(member)
    rows, end = listed(store, Binding, list_, after, key=lambda item: Key(item.id), backwards=True)
    return BindingsShown(tuple(map(binding_shown, rows)), end)


def binding_shown(row: Binding) -> BindingShown:
    """Return a correction as operators see it."""
    return BindingShown(
        row.id, row.member, row.before, row.after, row.reason, row.by, datetime_of(row.at)
    )


def show_shared_accounts(store: Store, after: str | None = None) -> SharedAccounts:
    """Return a page of members who share a payout reference with their referrer (Rule 1.6.5.2)."""
    items = store.query(ListItem, SHARED, after=after, limit=PAGE_SIZE, backwards=True)
    members = store.get_many(Member, [Key(item.member) for item in items])
    shown = tuple(
        SharedAccount(item.member, found.referrer, item.id, datetime_of(item.at))
        for item in items
        if (found := members.get(Key(item.member))) and found.referrer
    )
    return SharedAccounts(shown, key_of(items[-1]).sort if len(items) == PAGE_SIZE else None)
