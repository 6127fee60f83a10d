"""A member's whole account, as operators see it (contracts, section 6)."""

from collections.abc import Callable, Mapping
from typing import Any

from rebate.contracts.notice_texts import Locale
from rebate.contracts.office import MemberShown
from rebate.domain.names import MemberId
from rebate.domain.terms import Terms
from rebate.usecases.money.show_requests import show_own_redemptions, show_own_withdrawals
from rebate.usecases.money.show_statement import Wanted, show_statement
from rebate.usecases.notices.show_notices import show_notices
from rebate.usecases.office.notes import show_notes
from rebate.usecases.office.search_members import members_found
from rebate.usecases.office.search_orders import WantedOrders, search_orders
from rebate.usecases.people.show_team import show_team
from rebate.usecases.queries.show_entries import moment_of, show_entries
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key

_Part = Callable[[Store, Terms, MemberId, str | None], Any]

_PARTS: Mapping[str, _Part] = {
    "entries": lambda s, t, m, after: show_entries(s, t, m, after, to_operators=True),
    "statement": lambda s, t, m, after: show_statement(s, t.currency, m, Wanted(), after=after),
    "orders": lambda s, t, m, after: search_orders(s, t, WantedOrders(m), None, after),
    "withdrawals": lambda s, t, m, after: show_own_withdrawals(s, t.currency, m, after),
    "redemptions": lambda s, _, m, after: show_own_redemptions(s, m, after),
    "team": lambda s, t, m, after: show_team(s, t.currency, m, after=after, to_operators=True),
    "notes": lambda s, _, m, after: show_notes(s, m, after),
}


def _parts(locale: Locale) -> Mapping[str, _Part]:
    return {**_PARTS, "notices": lambda s, t, m, after: show_notices(s, t, m, locale, after)}


def show_member(
    store: Store,
    terms: Terms,
    member: MemberId,
    part: str | None = None,
    after: str | None = None,
    locale: Locale = "zh-CN",
) -> MemberShown | None:
    """Return all that is known of a member, or a page of a part; None: nobody is called so.

    Notices are told in `locale`, as they are worded now.

    Raises:
        InvalidCursor: no page of the statement gave `after`.
        Unavailable: the wallet changed all the time.
    """
    known = store.get(Member, Key(member))
    if known is None:
        return None
    (found,) = members_found(store, [member])
    read = _parts(locale)
    wanted = tuple(read) if part is None else (part,)
    parts = {name: read[name](store, terms, member, after) for name in wanted}
    return MemberShown(found, moment_of(known.erased_at), **parts)
