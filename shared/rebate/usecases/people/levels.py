"""Rising by conditions when an order completes, and falling at the turn of a month (Rule 2.9)."""

from collections.abc import Callable, Iterable
from itertools import islice

from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.events import LevelReached
from rebate.domain.levels import Holds, LevelRun, LevelTerms, kept, risen
from rebate.domain.names import MemberId, OrderId
from rebate.domain.orders import Order
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, iso
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.people.team_orders import MemberRecord, count_for_team, recount_for_team
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.catalog import MEMBER_FIELDS, Member, new_member
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key, joined

ATTEMPTS = 10
"""How often a member, or an order, is tried whom others write to."""

MEMBERS_A_STEP = 200
"""Members whom a run looks at before it writes down how far it came."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Writes levels and ranks as MemberSaved would; whatever is called again changes nothing."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def rise(self, name: OrderId) -> None:
        """Let the buyer of an order and those above rise, if it is completed.

        Raises:
            Unavailable: others kept writing to the same people; call it again.
        """
        terms = self.settings.in_force().terms.levels
        if terms.are_set:
            self._attempted(name, lambda order: self._rise(order, terms))

    def recount(self, name: OrderId) -> None:
        """Count what a refund left of an order; nobody rises or falls by that.

        Raises:
            Unavailable: others kept writing to the order; call it again.
        """
        if self.settings.in_force().terms.levels.count_teams:
            self._attempted(name, lambda order: recount_for_team(self.store, order))

    def _attempted(self, name: OrderId, step: Callable[[Order], None]) -> None:
        def attempt() -> None:
            order = load_order(self.store, name)
            if not (order.completed_at is None or order.member is None or order.digest is None):
                step(order)

        attempted(attempt, f"order {name}")

    def fall(self, at: Instant) -> LevelRun | None:
        """Let levels of the steps fall to what conditions still give; None: that is not set.

        A run of one instant goes on where it was stopped, and is done once.

        Raises:
            Unavailable: others kept writing to a member; start it again.
        """
        terms = self.settings.in_force().terms.levels
        if not (terms.fall and terms.are_set):
            return None
        run = LevelRun(iso(at), at)
        run = self.store.get(LevelRun, Key(run.id)) or run
        while not run.finished:
            run = self._step(run, terms)
        return run

    def _rise(self, order: Order, terms: LevelTerms) -> None:
        assert order.member is not None, "guests have no levels"
        assert order.completed_at is not None, "nobody rises before"
        above = count_for_team(self.store, order, terms.depth) if terms.count_teams else ()
        for member in (order.member, *above):
            self._changed(member, terms, order.completed_at, falls=False)

    def _step(self, run: LevelRun, terms: LevelTerms) -> LevelRun:
        after = None if run.reached is None else Key(run.reached)
        members = list(islice(self.store.scan(Member, after=after), MEMBERS_A_STEP))
        for member in members:
            self._changed(member.id, terms, run.at, falls=True)
        last = members[-1].id if members else run.reached
        done = len(members) < MEMBERS_A_STEP
        further = replace(run, reached=last, finished=done)
        self.store.commit([Put(further)])  # whoever is at it, too, writes no other levels
        return further

    def _changed(self, name: MemberId, terms: LevelTerms, at: Instant, *, falls: bool) -> None:
        """Write the level and the rank that a member has by conditions, where they are others."""
        for _ in range(ATTEMPTS):
            known = self.store.get(Member, Key(name)) or new_member(name)
            holds = MemberRecord(self.store, name, at).meets
            after = _by_conditions(known, terms, holds, at, falls=falls)
            if after == known:
                return None
            told = tuple(_told(known, after, falls=falls))
            source, now = f"level/{joined(name)}", self.clock.now()
            written = Put(Journal(source, after.version, now, (), told))
            try:
                return self.store.commit([Put(after, expects=known.version), written])
            except Conflict:
                continue
        raise Unavailable(f"others keep writing to member {name}")


def _by_conditions(
    known: Member, terms: LevelTerms, holds: Holds, at: Instant, *, falls: bool
) -> Member:
    step = kept if falls else risen
    level = step(terms.members, known.level, holds)
    rank = step(terms.ranks, known.rank, holds)
    if (level, rank) == (known.level, known.rank):
        return known
    told = _times(known)
    for field, before, now in (("level", known.level, level), ("rank", known.rank, rank)):
        if before != now:
            told[field] = max(at, told.get(field, at))
    return replace(known, level=level, rank=rank, told=told, version=known.version + 1)


def _times(known: Member) -> dict[str, Instant]:
    """Return as of when each field is known; early rows have one instant for all."""
    if known.told is None and known.saved_at is not None:
        return dict.fromkeys(MEMBER_FIELDS, known.saved_at)
    return dict(known.told or {})


def _told(known: Member, after: Member, *, falls: bool) -> Iterable[LevelReached]:
    if known.level != after.level:
        yield LevelReached(known.id, "level", after.level, known.level, falls)
    if known.rank != after.rank:
        yield LevelReached(known.id, "rank", after.rank, known.rank, falls)
