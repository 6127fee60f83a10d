"""The write budget of a decision: how many rows its transaction still takes.

What a step is going to write is asked for before it changes anything, and `BudgetExceeded` stops
it there.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

from rebate.domain.names import MemberId, TicketKey
from rebate.domain.place_index import NodeKey
from rebate.domain.tickets import Ticket

ROWS_PER_WALLET = 2
"""The wallet, and the member's statement."""

ROWS_TOLD = 1
"""What is told of an order to the queue into which its entries were merged."""

ROWS_PER_FOLLOW_UP = 3
"""Its command, its ticket and the order that it makes."""

LINES_MAX = 4_000
"""Lines of all tickets in one transaction, which may not exceed 4 MB."""


class BudgetExceeded(Exception):
    """The next step writes more rows than this transaction still takes."""


Touched: TypeAlias = tuple[Ticket, Sequence[NodeKey]]
"""A ticket, and the nodes of the index of places that change when it does."""


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
        self._lines = 0

    @property
    def left(self) -> int:
        """How many more rows may be written."""
        wallets = ROWS_PER_WALLET * len(self._paid) + len(self.consulted - self._paid)
        rows = len(self.tickets) + len(self._nodes) + wallets + len(self._named) + self._others
        return self._most - rows

    def begin(self, rows: int) -> None:
        """Count the `rows` that one more command writes by being done.

        Raises:
            BudgetExceeded: if they do not fit any more; then nothing is counted.
        """
        if self.commands and rows > self.left:
            raise BudgetExceeded
        self.take(rows)
        self.commands += 1

    def take(self, rows: int, *, lines: int = 0) -> None:
        """Count rows that are written once, and so many lines of tickets in them."""
        self._others += rows
        self._lines += lines

    def touch(self, ticket: Ticket, nodes: Iterable[NodeKey]) -> None:
        """Count a ticket and the nodes above it, as often as they change."""
        if ticket.key not in self.tickets:
            self._lines += len(ticket.lines)
            self.tickets.add(ticket.key)
        self._nodes.update(nodes)

    def pay(self, member: MemberId) -> None:
        """Count a member's wallet and statement."""
        self._paid.add(member)

    def consult(self, member: MemberId) -> None:
        """Count a member's wallet, whose balances have to stay until the decision is stored."""
        self.consulted.add(member)

    def keep(self, row: Hashable) -> None:
        """Count a row of another kind, which `row` names, as often as it changes."""
        self._named.add(row)

    def has(self, row: Hashable) -> bool:
        """Tell whether `row` is counted."""
        return row in self._named

    def require(self, rows: int, *, lines: int = 0) -> None:
        """Insist that so many more rows fit, and lines of tickets in them.

        Raises:
            BudgetExceeded: if they do not.
        """
        if rows > self.left or self._lines + lines > LINES_MAX:
            raise BudgetExceeded

    def require_step(
        self, tickets: Iterable[Touched], members: Iterable[MemberId], *, beside: int = 0
    ) -> None:
        """Insist that the rows of what a step touches, of whom it pays, and those `beside` fit.

        The first step of a command that is alone fits: nothing would ever be done otherwise.

        Raises:
            BudgetExceeded: if they do not.
        """
        rows, lines = beside, 0
        for ticket, nodes in tickets:
            if ticket.key not in self.tickets:
                rows += 1
                lines += len(ticket.lines)
            rows += sum(node not in self._nodes for node in nodes)
        rows += sum(ROWS_PER_WALLET for member in members if member not in self._paid)
        if self.tickets or self.commands > 1:
            self.require(rows, lines=lines)
