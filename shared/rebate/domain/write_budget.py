"""The write budget of a decision: how many rows and bytes its transaction still takes.

What a step is going to write is asked for before it changes anything, and `BudgetExceeded` stops
it there. Rows are counted exactly, bytes never too low: names by their length, and for numbers and
the like what they take at most, as rows are kept (`adapters.bodies` packs long ones).
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeAlias

from rebate.domain.commands import Command, Receive, RefundOrder
from rebate.domain.names import MemberId, TicketKey
from rebate.domain.place_index import NodeKey
from rebate.domain.records import contents_of
from rebate.domain.tickets import Ticket, TicketLine

ROWS_PER_WALLET = 2
"""The wallet, and the member's statement."""

ROWS_TOLD = 1
"""What is told of an order to the queue into which its entries were merged."""

ROWS_PER_FOLLOW_UP = 3
"""Its command, its ticket and the order that it makes."""

BYTES_MAX = 2_500_000
"""Bytes of tickets and nodes in one transaction. It takes 4 MB: the journal's row, statements that
say the same, and a hundred small rows fit beside them."""

TOLD_BYTES_MAX = 380_000
"""Bytes of one commit's row of the journal, and so of a member's statement: a row takes 400 KB."""

TICKET_BYTES, LINE_BYTES, NODE_BYTES, COMMIT_BYTES = 1_000, 110, 25_000, 16
"""What a ticket, a line of it (packed), a node of the index and a commit that a ticket names take
at most, beside names."""

EVENT_BYTES, POSTING_BYTES, ENTRY_BYTES = 300, 60, 150
"""What an event, a posting and the rest of a journal entry take at most, beside names."""

NAME_BYTES_MAX = 256
"""Bytes of a line's name at most (contracts, section 1)."""

JOINED_BYTES = 70
"""What an entry's joining takes in the journal, packed, beside the name of its line."""

STEP_BYTES, STEP_NAMES = 1_500, 8
"""What one payment, or the refund of one line, takes at most in the journal: so much, and the names
of whom it concerns so often."""


COMMAND_BYTES, CUT_BYTES, CUTS_MAX = 250, 120, 40
"""What a command takes at most in the journal, beside names, and a line that it cuts; of one that
cuts more lines than so many the journal does not keep them."""

HOLD_BYTES = 200
"""What a hold, or a balance that was looked at, takes at most in the journal, beside names."""

UNLIMITED = 2**62
"""So many rows are more than any decision writes: then its bytes are not looked at either."""


class BudgetExceeded(Exception):
    """The next step writes more rows than this transaction still takes."""


Touched: TypeAlias = tuple[Ticket, Sequence[NodeKey]]
"""A ticket, and the nodes of the index of places that change when it does."""


def bytes_of(name: str) -> int:
    """Return how many bytes a name takes, or some more."""
    return len(name) if name.isascii() else 4 * len(name)


def bytes_of_ticket(ticket: Ticket) -> int:
    """Return how many bytes a ticket takes at most, as it is kept."""
    own = bytes_of(ticket.order) + bytes_of(ticket.member) + COMMIT_BYTES * len(ticket.commits)
    return TICKET_BYTES + own + sum(map(_bytes_of_line, ticket.lines))


def _bytes_of_line(line: TicketLine) -> int:
    sources = sum(bytes_of(source.line) + LINE_BYTES for source in line.sources)
    names = (line.id, line.product or "", line.merged_into)
    return LINE_BYTES + sum(map(bytes_of, names)) + sources


def bytes_of_joining(ticket: Ticket) -> int:
    """Return how many bytes it takes at most to tell that a ticket's entries joined.

    They lie together in one row, which is packed: what all of them have in common counts once.
    """
    own = STEP_BYTES + STEP_NAMES * (bytes_of(ticket.order) + bytes_of(ticket.member))
    return own + sum(
        (JOINED_BYTES + bytes_of(line.id)) * (1 + (line.random_return is not None))
        for line in ticket.lines
    )


def bytes_of_step(ticket: Ticket) -> int:
    """Return how many bytes it takes at most to tell of a payment to a line, or of its refund."""
    names = bytes_of(ticket.order) + bytes_of(ticket.member) + NAME_BYTES_MAX
    return STEP_BYTES + STEP_NAMES * names


def bytes_of_command(command: Command) -> int:
    """Return how many bytes the journal takes at most to keep a command."""
    names = [each for each in contents_of(command) if isinstance(each, str)]
    told = COMMAND_BYTES + bytes_of("".join(names))
    if isinstance(command, Receive):
        return told + sum(COMMAND_BYTES + sum(map(bytes_of, key)) for key in command.tickets)
    if isinstance(command, RefundOrder) and len(command.cuts) + len(command.bounds) <= CUTS_MAX:
        lines = [*(cut.line for cut in command.cuts), *(each.line for each in command.bounds)]
        return told + sum(CUT_BYTES + bytes_of(line) for line in lines)
    return told


class WriteBudget:
    """Counts what a decision writes so far.

    `commands` it has carried out or begun; `tickets` it has touched; on the balances of the members
    `consulted` it rests.
    """

    def __init__(self, rows: int) -> None:
        """Allow so many `rows`."""
        self.commands = 0
        self.tickets: set[TicketKey] = set()
        self.consulted: set[MemberId] = set()
        self._most = rows
        self._nodes: set[NodeKey] = set()
        self._paid: set[MemberId] = set()
        self._named: set[Hashable] = set()
        self._others = 0
        self._bytes = 0
        self._told = 0

    @property
    def left(self) -> int:
        """How many more rows may be written."""
        wallets = ROWS_PER_WALLET * len(self._paid) + len(self.consulted - self._paid)
        rows = len(self.tickets) + len(self._nodes) + wallets + len(self._named) + self._others
        return self._most - rows

    def begin(self, rows: int, told: int = 0) -> None:
        """Count the `rows` that one more command writes by being done, and what is `told` of it.

        Raises:
            BudgetExceeded: if they do not fit any more; then nothing is counted.
        """
        if self.commands and (rows > self.left or self._is_long(told=told)):
            raise BudgetExceeded
        self.take(rows)
        self.tell(told)
        self.commands += 1

    def take(self, rows: int, *, more: int = 0) -> None:
        """Count rows that are written once, and so many bytes of tickets in them."""
        self._others += rows
        self._bytes += more

    def touch(self, ticket: Ticket, nodes: Iterable[NodeKey]) -> None:
        """Count a ticket and the nodes above it, as often as they change."""
        if ticket.key not in self.tickets:
            self._bytes += bytes_of_ticket(ticket)
            self.tickets.add(ticket.key)
        before = len(self._nodes)
        self._nodes.update(nodes)
        self._bytes += NODE_BYTES * (len(self._nodes) - before)

    def pay(self, member: MemberId) -> None:
        """Count a member's wallet and statement."""
        self._paid.add(member)

    def consult(self, member: MemberId) -> None:
        """Count a member's wallet, whose balances have to stay until the decision is stored."""
        if member not in self.consulted:
            self.consulted.add(member)
            self.tell(2 * (HOLD_BYTES + bytes_of(member)))

    def keep(self, row: Hashable) -> None:
        """Count a row of another kind, which `row` names, as often as it changes."""
        self._named.add(row)

    def has(self, row: Hashable) -> bool:
        """Tell whether `row` is counted."""
        return row in self._named

    def tell(self, more: int) -> None:
        """Count so many bytes of the journal's row."""
        self._told += more

    def tell_event(self, event: Any) -> None:  # noqa: ANN401 - any event, which knows its fields
        """Count an event, which the journal's row tells."""
        names = [each for each in contents_of(event) if isinstance(each, str)]
        self._told += EVENT_BYTES + bytes_of("".join(names))

    def require(self, rows: int, *, more: int = 0, told: int = 0) -> None:
        """Insist that so many more rows fit, bytes of tickets in them, and of what is told.

        Raises:
            BudgetExceeded: if they do not.
        """
        if rows > self.left or self._is_long(more=more, told=told):
            raise BudgetExceeded

    def _is_long(self, *, more: int = 0, told: int = 0) -> bool:
        is_long = self._bytes + more > BYTES_MAX or self._told + told > TOLD_BYTES_MAX
        return is_long and self._most < UNLIMITED

    def require_step(
        self,
        tickets: Iterable[Touched],
        members: Iterable[MemberId],
        *,
        beside: int = 0,
        told: int = 0,
    ) -> None:
        """Insist that the rows of what a step touches, of whom it pays, and those `beside` fit.

        So has what is `told` of it. The first step of a command that is alone fits: nothing would
        ever be done otherwise.

        Raises:
            BudgetExceeded: if they do not.
        """
        rows, more = self._weighed(tickets, members)
        if self.tickets or self.commands > 1:
            self.require(rows + beside, more=more, told=told)

    def has_room(
        self,
        rows: int,
        told: int,
        tickets: Iterable[Touched] = (),
        members: Iterable[MemberId] = (),
    ) -> bool:
        """Tell whether so many rows fit beside those of what is touched, and of whom is paid."""
        further, more = self._weighed(tickets, members)
        return further + rows <= self.left and not self._is_long(more=more, told=told)

    def _weighed(self, tickets: Iterable[Touched], members: Iterable[MemberId]) -> tuple[int, int]:
        """Return how many rows, and bytes of tickets, are written for these and not counted yet."""
        rows = more = 0
        for ticket, nodes in tickets:
            if ticket.key not in self.tickets:
                rows += 1
                more += bytes_of_ticket(ticket)
            below = sum(node not in self._nodes for node in nodes)
            rows += below
            more += NODE_BYTES * below
        rows += sum(ROWS_PER_WALLET for member in members if member not in self._paid)
        return rows, more
