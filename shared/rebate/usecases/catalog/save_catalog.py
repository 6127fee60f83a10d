"""Saving what the shop tells of members, products and stores (Rules 1.4 (2), 1.5.5, 2.4, 2.5).

Each field takes effect in the order of the events' times, whenever they arrive: so two events that
tell of different fields never undo each other, and one that comes again, or late, undoes nothing.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from rebate.contracts.events_in import MemberSaved, ProductSaved, StoreSaved, digest
from rebate.domain.errors import Code, Rejected
from rebate.domain.names import MemberId, ProductId, StoreId
from rebate.domain.plans import queue_rebate
from rebate.domain.records import dataclass, replace
from rebate.domain.senders import UNNAMED
from rebate.domain.times import Instant
from rebate.usecases.catalog.bonds import Bond, bond_of, bound_once, bound_writes
from rebate.usecases.office.places import introductions, renamed
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.catalog import (
    MEMBER_FIELDS,
    Member,
    Product,
    Seen,
    Shop,
    new_member,
)
from rebate.usecases.storage.rows.keys import Key

SEEN_MAX = 16
"""Events of one instant that are told apart; further ones of that instant change nothing."""

CatalogEvent: TypeAlias = MemberSaved | ProductSaved | StoreSaved

_SOLD_BY_US = frozenset({"self", "supplier"})


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of an event: `saved`, `duplicate`, or `outdated` by a later one.

    `unbound`: why the referrer that it names was not bound, though all else was saved.
    """

    name: str
    outcome: str
    unbound: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogAcceptance:
    """Saves catalog events, any number of times each, in any order."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def save(
        self,
        event: CatalogEvent,
        at: Instant | None = None,
        sender: str = UNNAMED,
        *,
        signed: bool = False,
    ) -> Saved:
        """Keep what an event of `sender` says, as far as nothing later is known.

        `at`: when it was sent; one that is to come is now, so that it locks out nothing. `signed`:
        it is the signed instant, which is near and stands as it is, however often the event comes.

        Raises:
            Rejected: `referrer_bound`: another referrer was bound before; nothing is saved.
            Unavailable: others kept writing to the same row; try again later.
        """
        now = self.clock.now()
        sent = now if at is None else at if signed else min(at, now)
        return attempted(lambda: self._save(event, sent, sender), "what a catalog event is about")

    def _save(self, event: CatalogEvent, at: Instant, sender: str) -> Saved:
        known = self._known(event)
        bond = self._bond(known, event)
        if bond.refused and bond.is_bound:
            raise Rejected(Code.REFERRER_BOUND, f"{known.id}: {bond.refused}")
        told = _told(event, known, at)
        after: _Row = _with_fields(known, told, event, at) if told is not None else known
        if isinstance(after, Product) and isinstance(event, ProductSaved) and not known.version:
            after = replace(after, takes_part=self._takes_part(event))
        if bond.referrer is not None and not isinstance(after, Product):
            after = replace(after, referrer=bond.referrer)
        if after != known:
            after = replace(after, version=known.version + 1, sender=sender)
            if isinstance(known, Member) and isinstance(after, Member):
                bond, after = self._bound(known, after, bond)
            rows = [Put(after, expects=known.version), *bond.writes]
            found = (*renamed(known, after), *introductions(rows, self.clock.now()))
            self.store.commit([*rows, *found])
        return Saved(known.id, _outcome(known, after, told), bond.refused)

    def _known(self, event: CatalogEvent) -> "_Row":
        """Return the row that an event is about, made if it is new."""
        match event:
            case MemberSaved():
                member = MemberId(event.member_id)
                return self.store.get(Member, Key(member)) or new_member(member)
            case ProductSaved():
                product = ProductId(event.product_id)
                return self.store.get(Product, Key(product)) or Product(product, told={})
            case StoreSaved():
                shop = StoreId(event.store_id)
                return self.store.get(Shop, Key(shop)) or Shop(shop, told={})

    def _bond(self, known: "_Row", event: CatalogEvent) -> Bond:
        if isinstance(known, Member) and isinstance(event, MemberSaved):
            return bond_of(self.store, known, event.referrer_id)
        if isinstance(known, Shop) and isinstance(event, StoreSaved):
            return bound_once(known.referrer, event.referrer_id)
        return Bond()

    def _bound(self, known: Member, after: Member, bond: Bond) -> tuple[Bond, Member]:
        """Return what else is stored with a member who may be bound now."""
        if known.referrer == after.referrer:
            return bond, after
        now = self.clock.now()
        after = replace(after, bound_at=now)
        return replace(bond, writes=(*bond.writes, *bound_writes(known, after, now, "shop"))), after

    def _takes_part(self, event: ProductSaved) -> bool:
        """Decide once whether a new product takes part (Rule 1.4 (2)).

        Aggregated goods do once an operator has enabled them (Rule 1.4 (3)).
        """
        supply = event.supply or "self"
        if supply in _SOLD_BY_US:
            return self.settings.in_force().terms.of(queue_rebate.PLAN).new_products
        return supply != "aggregated"


_Row: TypeAlias = Member | Product | Shop

PERSONAL = frozenset({"nickname", "avatar_url"})
"""Fields of members that go when they are erased, and never come back (Rule 8.10)."""

_NOT_FIELDS = frozenset({"member_id", "product_id", "referrer_id"})
_COLUMNS: Mapping[str, str] = {"store_id": "store"}
_CLEARED: Mapping[str, Any] = {"supply": "self", "on_sale": True}
"""What a field is that was cleared, where that is not nothing."""


def _fields(event: CatalogEvent) -> dict[str, Any]:
    """Return what an event says, by the row's fields; what it leaves out is unchanged."""
    left_out = {*_NOT_FIELDS, *({"store_id"} if isinstance(event, StoreSaved) else ())}
    said = {name: getattr(event, name) for name in event.model_fields_set - left_out}
    return {
        _COLUMNS.get(name, name): _CLEARED.get(name) if value is None else value
        for name, value in said.items()
    }


def _told(event: CatalogEvent, known: _Row, at: Instant) -> dict[str, Any] | None:
    """Return what of an event is news; None if the event itself was there before.

    Of two of the same instant the later arrival holds.
    """
    ties = sum(seen.at == at for seen in known.seen)
    if _has_seen(known, at, event) or ties >= SEEN_MAX:
        return None
    erased = PERSONAL if isinstance(known, Member) and known.erased_at is not None else ()
    return {
        name: value
        for name, value in _fields(event).items()
        if at >= _last(known, name) and name not in erased
    }


def _last(known: _Row, name: str) -> Instant:
    """Return as of when a field is known; rows of before fields had times have one for all."""
    if known.told is None:
        return known.saved_at or Instant(0)
    return known.told.get(name, Instant(0))


def _has_seen(known: _Row, at: Instant, event: CatalogEvent) -> bool:
    return Seen(at, digest(event)) in known.seen


def _with_fields(known: _Row, told: Mapping[str, Any], event: CatalogEvent, at: Instant) -> _Row:
    """Return a row with what is news, and what is needed to know the event again."""
    times = {name: _last(known, name) for name in (known.told or ())}
    if known.told is None and known.saved_at is not None:
        times = dict.fromkeys(_ALL[type(known)], known.saved_at)
    times |= dict.fromkeys(told, at)
    newest = max(at, known.saved_at or at)
    if not told and known.version:
        return known
    alive = {*times.values(), at}
    seen = (*(each for each in known.seen if each.at in alive), Seen(at, digest(event)))
    return replace(known, **told, told=times, seen=seen, saved_at=newest)


def _outcome(known: _Row, after: _Row, told: Mapping[str, Any] | None) -> str:
    """Return what came of an event, as people see it: also what is as it was may be newer now."""
    unchanged = replace(after, told=known.told, seen=known.seen, saved_at=known.saved_at) == known
    if known.version and unchanged:
        return "outdated" if told == {} and after == known else "duplicate"
    return "saved" if told or not known.version else "outdated"


_ALL: Mapping[type, tuple[str, ...]] = {
    Member: MEMBER_FIELDS,
    Product: ("name", "supply", "store", "on_sale", "margin_bps"),
    Shop: ("name", "concession_bps"),
}
