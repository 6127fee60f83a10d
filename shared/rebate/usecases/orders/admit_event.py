"""The door: whose word an event is, and what that sender may tell (Rule 0.13)."""

from typing import TypeVar

from rebate.contracts.envelopes import Delivery
from rebate.contracts.event_ids import with_prefix
from rebate.contracts.events_in import (
    Event,
    OrderPaid,
    OrderRefunded,
    StoreRated,
    StoreSaved,
    StoreVisited,
)
from rebate.domain.errors import Code, Rejected
from rebate.domain.records import dataclass
from rebate.domain.senders import UNNAMED, SenderTerms
from rebate.domain.terms import Terms
from rebate.usecases.settings.save_settings import SettingsReader

E = TypeVar("E", bound=Event)

_OF_STORES = (OrderPaid, StoreSaved, StoreVisited, StoreRated)


@dataclass(frozen=True, slots=True)
class Door:
    """Tells who sends, under the settings in force."""

    settings: SettingsReader

    def open(self) -> "OpenDoor":
        """Return what admits the events of one call: the settings are read once for all."""
        return OpenDoor(self.settings.in_force().terms)


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Admits events under these terms."""

    terms: Terms

    @property
    def asks_nobody(self) -> bool:
        """Whether whatever names no currency goes in as it is: no sender is bound to anything."""
        return not self.terms.senders.named

    def admit(self, delivery: Delivery[E]) -> Delivery[E]:
        """Return an event with its sender, and with its ids as they are kept.

        Raises:
            UnreadableEvent: an id is too long with its sender's prefix.
            Rejected: `forbidden`: the sender may not tell this; `over_limit`: the order is above
                the sender's ceiling; `wrong_currency`.
        """
        sender = self._sender(delivery)
        event = delivery.event
        if delivery.accepted_from is None:
            shared = sender.members_shared
            event = with_prefix(event, sender.prefix, members_shared=shared)  # type: ignore[assignment]
        self._insist(sender, event)
        return delivery.of(sender.name, event)

    def _sender(self, delivery: Delivery[E]) -> SenderTerms:
        senders = self.terms.senders
        if delivery.accepted_from is not None:
            return senders.of_name(delivery.accepted_from)
        if delivery.key is not None:
            return senders.of_key(delivery.key)
        return senders.of_source(delivery.source or UNNAMED)

    def _insist(self, sender: SenderTerms, event: Event) -> None:
        kind = type(event).__name__
        if sender.types is not None and kind not in sender.types:
            allowed = ", ".join(sorted(sender.types)) or "nothing"
            message = f"sender {sender.name} may not tell {kind}, but {allowed}"
            raise Rejected(Code.FORBIDDEN, message)
        if isinstance(event, _OF_STORES) and not sender.may_tell_of(event.store_id):
            message = f"sender {sender.name} may not tell of store {event.store_id}"
            raise Rejected(Code.FORBIDDEN, f"store_id: {message}")
        if isinstance(event, OrderPaid | OrderRefunded):
            self._insist_on_currency(event)
        if isinstance(event, OrderPaid) and sender.order_max is not None:
            _insist_below(sender.name, sender.order_max, event)

    def _insist_on_currency(self, event: OrderPaid | OrderRefunded) -> None:
        if event.currency not in {None, self.terms.currency}:
            message = f"currency: must be {self.terms.currency}, not {event.currency}"
            raise Rejected(Code.WRONG_CURRENCY, message)


def _insist_below(sender: str, most: int, event: OrderPaid) -> None:
    if event.paid > most:
        message = f"order {event.order_id} of {event.paid} is above {most}, the most of {sender}"
        raise Rejected(Code.OVER_LIMIT, message)
