"""What the use cases about people share: a store, a clock, settings, and patience."""

from collections.abc import Callable
from typing import TypeVar

from rebate.domain.errors import Code, Rejected
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Store
from rebate.usecases.storage.rows.catalog import Member, new_member
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import CompletedSpend

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """Where people are dealt with; `pause` waits before an attempt of that number is repeated."""

    store: Store
    clock: Clock
    settings: SettingsReader
    pause: Callable[[int], None]

    def carry_out(self, attempt: Callable[[], Answer]) -> Answer:
        """Return what `attempt` does, decided anew while others write to the same rows.

        Raises:
            Unavailable: they kept doing so.
        """
        return attempted(attempt, "the rows of these people", pause=self.pause)

    def member(self, name: MemberId) -> Member:
        """Return a member, made if nothing is known of one of that name."""
        return self.store.get(Member, Key(name)) or new_member(name)

    def known_member(self, name: MemberId) -> Member:
        """Return a member that there is.

        Raises:
            Rejected: `unknown_member`.
        """
        found = self.store.get(Member, Key(name))
        if found is None:
            raise Rejected(Code.UNKNOWN_MEMBER, f"there is no member {name}")
        return found


def has_bought(store: Store, member: Member) -> bool:
    """Tell whether an order of a member was accepted; of early rows it is not written down."""
    if member.bought is not None:
        return member.bought
    if store.query(Ticket, member.id, limit=1):
        return True
    return bool(store.query(CompletedSpend, member.id, limit=1))
