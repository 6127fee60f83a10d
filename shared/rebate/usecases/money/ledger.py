"""The core of all movements that are asked for: posted once, under what they rest on.

A use case reads what it needs, lets the domain decide, and posts: its own rows under the versions
that it read, one row of the journal that can be there only once, and each wallet that something is
taken from under the version at which it was looked at. So of two that look at the same balance,
stock or request one is decided anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from rebate.domain.errors import Code, Rejected
from rebate.domain.events import Event
from rebate.domain.ledger import BalanceType, JournalEntry
from rebate.domain.money import Amount, sum_of
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.requests import DayCount, FrozenLove, Request
from rebate.domain.times import Instant, day_of
from rebate.domain.wallets import Wallet
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.chains import previous_of
from rebate.usecases.storage.ports import Clock, Credit, Put, Store, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.journal import (
    Journal,
    StatementEntry,
    StatementMovement,
    movements_of,
)
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, owned_key
from rebate.usecases.storage.rows.lists import ListItem

if TYPE_CHECKING:
    from rebate.contracts.settings import WalletSettings as Rules

Answer = TypeVar("Answer")
Named = TypeVar("Named")

FROZEN = "frozen_love"
"""The list of all frozen love value, by when it was credited."""


@dataclass(frozen=True, slots=True)
class WalletLedger:
    """Posts movements; `pause` waits a while before an attempt of that number is repeated."""

    store: Store
    clock: Clock
    settings: SettingsReader
    pause: Callable[[int], None]

    @property
    def rules(self) -> "Rules":
        """The wallet's settings in force."""
        return self.settings.in_force().settings.wallet

    def carry_out(self, attempt: Callable[[], Answer]) -> Answer:
        """Return what `attempt` does, decided anew while others write to the same rows.

        Raises:
            Unavailable: they kept doing so.
        """
        return attempted(attempt, "this wallet", pause=self.pause)

    def wallet(self, member: MemberId) -> Wallet:
        """Return a member's balances."""
        return self.store.get(Wallet, Key(member)) or Wallet(member)

    def insist_known(self, member: MemberId) -> None:
        """Insist that there is such a member: saved, named as a referrer, or a buyer.

        Raises:
            Rejected: `unknown_member`.
        """
        if self.store.get(Member, Key(member)) is None:
            raise Rejected(Code.UNKNOWN_MEMBER, f"there is no member {member}")

    def asked_today(self, member: MemberId, kind: str, at: Instant) -> DayCount:
        """Return how many requests of a kind a member has made on the shop's day."""
        day = day_of(at, self.settings.in_force().terms.zone).isoformat()
        count = DayCount(member, kind, day)
        return self.store.get(DayCount, key_of(count)) or count

    def one_more_today(
        self, member: MemberId, kind: str, at: Instant, most: int | None
    ) -> list[Write]:
        """Return what counts a request of the shop's day, whatever becomes of it (Rule 3.1).

        The wallet's version, under which it is stored, keeps the count safe.

        Raises:
            Rejected: `over_limit`.
        """
        count = self.asked_today(member, kind, at)
        if most is not None and count.count >= most:
            raise Rejected(
                Code.OVER_LIMIT, f"{most} a day are allowed, and were asked for on {count.day}"
            )
        more = replace(count, count=count.count + 1, version=count.version + 1)
        return [Put(more)]

    def post(
        self,
        source: str,
        number: int,
        entry: JournalEntry | None,
        *,
        at: Instant,
        rests_on: Iterable[Wallet] = (),
        events: Sequence[Event] = (),
        rows: Iterable[Write] = (),
    ) -> None:
        """Store a movement, or that something happened without one, with `rows` that it is for.

        `rests_on` are wallets that were looked at; `at` is when it was asked for.

        Raises:
            Conflict: something is no longer as it was read; decide anew.
            Unavailable: the store did not answer.
        """
        now = self.clock.now()
        writes = list(rows)
        if entry or events:
            entries = (entry,) if entry else ()
            previous = previous_of(self.store, source, number)
            row = Journal(source, number, now, entries, tuple(events), previous)
            writes.append(Put(row, expects=0))
        moved = movements_of([entry]) if entry else {}
        versions = {each.member: each.version for each in rests_on}
        for member in {**moved, **dict.fromkeys(versions)}:
            movements = moved.get(member, ())
            amounts = tuple((each.pocket, each.amount) for each in movements)
            looked_at = versions.get(member)
            writes.append(Credit(member, amounts, expects=looked_at))
            if movements:
                writes.append(Put(StatementEntry(member, now, source, number, tuple(movements))))
                writes += frozen_in(movements, member, at, source)
        self.store.commit(writes)

    def find(self, kind: type[Named], what: str, name: str, member: MemberId | None) -> Named:
        """Return what members named: `member` says whose, where several called one so.

        Raises:
            Rejected: `unknown_entry`, or `invalid_request` where `member` is needed.
        """
        if member is not None:
            row = self.store.get(kind, owned_key(name, member))
            found = [] if row is None else [row]
        else:
            found = self.store.query(kind, name, limit=2)
        if not found:
            raise Rejected(Code.UNKNOWN_ENTRY, f"there is no {what} {name}")
        if len(found) > 1:
            message = f"member is required: several have a {what} {name}"
            raise Rejected(Code.INVALID_REQUEST, message)
        return found[0]


def frozen_in(
    movements: Iterable[StatementMovement], member: MemberId, at: Instant, source: str
) -> list[Write]:
    """Return the rows by which the frozen love value in these movements is thawed later."""
    amounts = (each.amount for each in movements if each.pocket is BalanceType.LOVE_FROZEN)
    amount: Amount = sum_of(amount for amount in amounts if amount > 0)
    return lot_of(member, amount, at, source) if amount else []


def lot_of(member: MemberId, amount: Amount, at: Instant, source: str) -> list[Write]:
    """Return the two rows of love value that was credited as frozen."""
    return [
        Put(FrozenLove(member, source, amount, at)),
        Put(ListItem(FROZEN, at, source, member)),
    ]


def source_of(kind: str, caller: str, name: str) -> str:
    """Return the source of the journal rows of what a caller named."""
    return f"{kind}/{joined(caller, name)}"


def request_source(request: Request) -> str:
    """Return the source of the journal row of a request."""
    return source_of(request.kind, request.caller, request.id)
