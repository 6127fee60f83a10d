"""Deciding on applications: talks, and then a store or a reason why not (Rule 2.7.1)."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from rebate.domain.deciders import insist_not_own
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.events import MerchantDecided
from rebate.domain.merchants import (
    Application,
    ApplicationState,
    NegotiatedTerms,
    StoreRight,
    StoreRole,
)
from rebate.domain.names import MemberId, StoreId
from rebate.usecases.merchants.apply import store_application
from rebate.usecases.merchants.rights import granted
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.catalog import Shop
from rebate.usecases.storage.rows.keys import Key

SENDER = "rebate"
"""Whose word a store is that an approval creates."""


class Decider(NamedTuple):
    """The operator who decides, and the members that they are."""

    name: str
    own_members: Collection[MemberId] = ()


def negotiate(
    desk: PeopleDesk,
    name: str,
    agreed: NegotiatedTerms,
    note: str,
    by: Decider,
    *,
    asks: bool = False,
) -> Application:
    """Note what was agreed so far; `asks` sends the application back with questions, the `note`.

    Raises:
        Rejected: `unknown_entry`: there is no such application; `not_yours`: it is the operator's.
        Mismatch: it is not handed in, or was decided.
        Unavailable: others kept writing to it.
    """
    now = desk.clock.now()
    return _decided(
        desk, name, by, lambda known: known.negotiated(agreed, note, by.name, now, asks=asks)
    )


def reject(desk: PeopleDesk, name: str, reason: str, by: Decider) -> Application:
    """Turn an application down, with a reason; who applied may apply again.

    Raises:
        Rejected: as of `negotiate`; `invalid_request`: there is no reason.
        Mismatch: it is not handed in, or was decided otherwise.
        Unavailable: others kept writing to it.
    """
    if not reason.strip():
        raise Rejected(Code.INVALID_REQUEST, "reason must not be empty")
    now = desk.clock.now()
    return _decided(desk, name, by, lambda known: known.rejected(reason, by.name, now))


def approve(desk: PeopleDesk, name: str, store: StoreId, by: Decider) -> Application:
    """Create the store, and give who applied its owner's rights; the same again changes nothing.

    Raises:
        Rejected: as of `negotiate`.
        Mismatch: it cannot be approved now, was decided otherwise, or the store exists already.
        Unavailable: others kept writing to it.
    """
    return desk.carry_out(lambda: _approve(desk, _known(desk, name, by), store, by))


def _decided(
    desk: PeopleDesk, name: str, by: Decider, step: Callable[[Application], Application]
) -> Application:
    def attempt() -> Application:
        known = _known(desk, name, by)
        after = step(known)
        events = [_told(after)] if after.state == ApplicationState.REJECTED else []
        return store_application(desk, known, after, events)

    return desk.carry_out(attempt)


def _approve(desk: PeopleDesk, known: Application, store: StoreId, by: Decider) -> Application:
    now = desk.clock.now()
    after = known.approved(store, by.name, now)
    if after == known:
        return known
    if desk.store.get(Shop, Key(store)) is not None:
        raise Mismatch(f"store {store} exists already: name another")
    agreed, wanted = known.agreed, known.particulars
    conceded = agreed.concession_bps
    shop = Shop(
        store,
        version=1,
        name=wanted.name,
        referrer=known.referrer or desk.member(known.member).referrer,
        concession_bps=wanted.concession_bps if conceded is None else conceded,
        merchant_bps=agreed.merchant_bps,
        saved_at=now,
        told={"name": now, "concession_bps": now},
        sender=SENDER,
    )
    right = StoreRight(store, known.member, StoreRole.OWNER, by.name, now)
    more = [Put(shop, expects=0), *granted(right)]
    return store_application(desk, known, after, [_told(after)], more)


def _known(desk: PeopleDesk, name: str, by: Decider) -> Application:
    known = desk.store.get(Application, Key(name))
    if known is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no application {name}")
    insist_not_own(known.member, by.own_members, f"application {name}")
    referrer = known.referrer or desk.member(known.member).referrer
    if referrer is not None:
        insist_not_own(referrer, by.own_members, f"application {name}")
    return known


def _told(after: Application) -> MerchantDecided:
    is_approved = after.state == ApplicationState.APPROVED
    return MerchantDecided(after.id, after.member, is_approved, after.store, after.reason)
