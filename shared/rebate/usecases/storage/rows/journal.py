"""Rows of the journal, and of members' statements."""

from collections.abc import Iterable
from typing import Annotated

from rebate.domain.commands import Command
from rebate.domain.events import Event
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry, Posting, Reason, parts_of
from rebate.domain.money import Amount
from rebate.domain.movements import counterpart_of
from rebate.domain.names import EntryId, MemberId, OrderId
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown, money, stored_as, wire


@stored_as("journal", 10)
@dataclass(frozen=True, slots=True)
class Journal:
    """One commit: number `number` of `source` (a queue, or a kind of wallet operation).

    `previous` is the fingerprint of the row before it in its source, empty in the first of a chain.
    `facts` are fingerprints of what the commit rests on and no commit changes, by name.
    What it was decided from is kept, so that it can be decided again (`rebate audit --full`):
    `commands` in order, what refunds cut left out where it is long; `settings` is the version in
    force (0: not kept). `goes_on`: the last of the commands was not carried out to its end.
    `rests_on` are balances of others that were looked at, and `holds` those that were lowered, as
    both were before.
    """

    source: Annotated[str, wire("source")]
    number: Annotated[int, wire("number")]
    at: Annotated[Instant, wire("at")]
    entries: Annotated[tuple[JournalEntry, ...], wire("entries")]
    events: Annotated[tuple[Event | Unknown, ...], wire("events", absent=[])] = ()
    previous: Annotated[str, wire("previous", absent="")] = ""
    facts: Annotated[dict[str, str], wire("facts", absent={})] = field(default_factory=dict)
    commands: Annotated[tuple[Command | Unknown, ...], wire("commands", absent=[])] = ()
    settings: Annotated[int, wire("settings", absent=0)] = 0
    goes_on: Annotated[bool, wire("goes_on", absent=False)] = False
    rests_on: Annotated[dict[str, Amount], wire("rests_on", absent={})] = field(
        default_factory=dict
    )
    holds: Annotated[tuple[Hold, ...], wire("holds", absent=[])] = ()


@stored_as("movement", 2)
@dataclass(frozen=True, slots=True)
class StatementMovement:
    """A line of a member's statement; `reason` is the kind of reward (Rule 5.7).

    `counterpart` is to or from whom a transfer went.
    """

    kind: Annotated[str, wire("kind")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    order: Annotated[OrderId | None, wire("order", absent=None)] = None
    entry: Annotated[EntryId | None, wire("entry", absent=None)] = None
    reason: Annotated[Reason | None, wire("reason", absent=None)] = None
    counterpart: Annotated[MemberId | None, wire("counterpart", absent=None)] = None


def movement_of(entry: JournalEntry, posting: Posting) -> tuple[MemberId, StatementMovement] | None:
    """Return what a posting says in a member's statement; None: it is to no wallet."""
    kind, pocket, owner = parts_of(posting.account)
    if kind != "wallet":
        return None
    member = MemberId(owner)
    return member, StatementMovement(
        entry.kind,
        BalanceType(pocket),
        posting.amount,
        entry.order,
        posting.entry,
        posting.reason,
        counterpart_of(entry, member),
    )


def movements_of(entries: Iterable[JournalEntry]) -> dict[MemberId, list[StatementMovement]]:
    """Return what each member's statement says of journal entries."""
    moved: dict[MemberId, list[StatementMovement]] = {}
    for entry in entries:
        for posting in entry.postings:
            if found := movement_of(entry, posting):
                member, movement = found
                moved.setdefault(member, []).append(movement)
    return moved


@stored_as("statement")
@dataclass(frozen=True, slots=True)
class StatementEntry:
    """What one commit moved in a member's wallet."""

    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    source: Annotated[str, wire("source")]
    number: Annotated[int, wire("number")]
    movements: Annotated[tuple[StatementMovement, ...], wire("movements")]
