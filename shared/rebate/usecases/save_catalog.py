"""Saving what the shop tells of members, products and stores (Rules 1.4 (2), 1.5.5, 2.4, 2.5)."""

from collections.abc import Sequence
from typing import TypeAlias

from rebate.contracts.events_in import MemberSaved, ProductSaved, StoreSaved
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import MemberId, ProductId, StoreId
from rebate.domain.plans import queue_rebate
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.usecases.ports import Check, Clock, Put, Store, Write
from rebate.usecases.rows import Key, Member, Product, Shop, key_of
from rebate.usecases.settings import SettingsReader

ATTEMPTS = 10
"""How often an event is tried when somebody else writes to its row."""

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
class CatalogDesk:
    """Saves catalog events, any number of times each, in any order."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def save(self, event: CatalogEvent, at: Instant | None = None) -> Saved:
        """Keep what an event says, unless a later one is known; `at`: when it was sent.

        Raises:
            Unavailable: others kept writing to the same row; try again later.
        """
        now = self.clock.now()
        sent = now if at is None else min(at, now)
        for _ in range(ATTEMPTS):
            try:
                return self._save(event, sent)
            except Conflict:
                continue
        raise Unavailable("others keep writing to what a catalog event is about")

    def _save(self, event: CatalogEvent, at: Instant) -> Saved:
        match event:
            case MemberSaved():
                return self._member(event, at)
            case ProductSaved():
                return self._product(event, at)
            case StoreSaved():
                return self._shop(event, at)

    def _member(self, event: MemberSaved, at: Instant) -> Saved:
        name = MemberId(event.member_id)
        known = self.store.get(Member, Key(name)) or Member(name)
        after = known
        if _is_newest(known, at):
            after = replace(
                known,
                level=event.level,
                rank=event.rank,
                nickname=event.nickname,
                avatar_url=event.avatar_url,
                saved_at=at,
            )
        bond = self._bond(known, event.referrer_id)
        after = replace(after, referrer=bond.referrer)
        return self._keep(known, after, at, bond)

    def _product(self, event: ProductSaved, at: Instant) -> Saved:
        name = ProductId(event.product_id)
        known = self.store.get(Product, Key(name)) or Product(name)
        after = known
        if _is_newest(known, at):
            after = replace(
                known,
                name=event.name,
                supply=event.supply,
                store=StoreId(event.store_id) if event.store_id is not None else None,
                on_sale=event.on_sale,
                margin_bps=event.margin_bps,
                takes_part=known.takes_part if known.version else self._takes_part(event),
                saved_at=at,
            )
        return self._keep(known, after, at)

    def _shop(self, event: StoreSaved, at: Instant) -> Saved:
        name = StoreId(event.store_id)
        known = self.store.get(Shop, Key(name)) or Shop(name)
        after = known
        if _is_newest(known, at):
            after = replace(
                known, name=event.name, concession_bps=event.concession_bps, saved_at=at
            )
        bond = _bound_once(known.referrer, event.referrer_id)
        return self._keep(known, replace(after, referrer=bond.referrer), at, bond)

    def _takes_part(self, event: ProductSaved) -> bool:
        """Decide once whether a new product takes part (Rule 1.4 (2))."""
        terms = self.settings.in_force().terms.of(queue_rebate.PLAN)
        return event.supply not in _SOLD_BY_US or terms.new_products

    def _bond(self, member: Member, referrer: str | None) -> "_Bond":
        """Bind a referrer once, and neither to oneself nor in a loop (Rule 2.5).

        Bonds never change, so of all who stand above the referrer only the topmost can still
        come to stand below the member; the transaction insists that it has not.
        """
        bond = _bound_once(member.referrer, referrer)
        if bond.referrer is None or bond.referrer == member.referrer:
            return bond
        top = self._top_above(bond.referrer, member.id)
        if top is None:
            return _Bond(None, refused=f"{referrer} stands below {member.id}, or is the same")
        return replace(bond, checks=(Check(Member, key_of(top), top.version),))

    def _top_above(self, referrer: MemberId, member: MemberId) -> Member | None:
        """Return who stands above all from `referrer` on; None if the member is among them."""
        name = referrer
        while name != member:
            row = self.store.get(Member, Key(name)) or Member(name)
            if row.referrer is None:
                return row
            name = row.referrer
        return None

    def _keep(
        self, known: "_Row", after: "_Row", at: Instant, bond: "_Bond | None" = None
    ) -> Saved:
        bond = bond or _Bond(None)
        if after == known:
            outcome = "duplicate" if known.saved_at == at else "outdated"
            return Saved(known.id, outcome, bond.refused)
        put = Put(replace(after, version=known.version + 1), expects=known.version)
        self.store.commit([put, *bond.checks])
        outcome = "saved" if after.saved_at == at else "outdated"
        return Saved(known.id, outcome, bond.refused)


_Row: TypeAlias = Member | Product | Shop


@dataclass(frozen=True, slots=True)
class _Bond:
    """Who referred somebody; `refused` says why another that was named did not."""

    referrer: MemberId | None
    refused: str | None = None
    checks: Sequence[Write] = ()


def _bound_once(bound: MemberId | None, named: str | None) -> _Bond:
    if bound is None:
        return _Bond(MemberId(named) if named is not None else None)
    if named is None or named == bound:
        return _Bond(bound)
    return _Bond(bound, refused=f"{bound} was bound before {named}")


def _is_newest(known: _Row, at: Instant) -> bool:
    """Tell whether no later event was saved; of two of the same instant the later arrival holds."""
    return known.saved_at is None or at >= known.saved_at
