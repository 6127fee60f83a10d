"""Who sends events: one identity each, with what it may tell (Rule 0.13)."""

from collections.abc import Mapping
from typing import Annotated

from rebate.domain.money import Amount
from rebate.domain.names import StoreId
from rebate.domain.records import dataclass, field
from rebate.domain.wire import money, stored_as, wire

UNNAMED = "local"
"""The sender of what names none: lines of files, and steps of scenarios."""

SHARED_KEY = "default"
"""The key that signs where a signature names none."""


def sender_of_key(key: str) -> str:
    """Return the name of the sender that a key is by itself."""
    return f"key/{key}"


@stored_as("sender_terms")
@dataclass(frozen=True, slots=True)
class SenderTerms:
    """A sender: its prefix, and its bounds (None: none).

    `prefix` is put before its order, refund, member, product and store ids; before those of members
    only unless they are `members_shared`. `types` are those of events, `stores` the ids with the
    prefix; `order_max` is what an order may be paid at most, in minor units. What exceeds
    `orders_per_minute` is settled later.
    """

    name: Annotated[str, wire("name")]
    prefix: Annotated[str, wire("prefix", absent="")] = ""
    members_shared: Annotated[bool, wire("members_shared", absent=False)] = False
    types: Annotated[frozenset[str] | None, wire("types", absent=None)] = None
    stores: Annotated[frozenset[StoreId] | None, wire("stores", absent=None)] = None
    order_max: Annotated[Amount | None, money("order_max", absent=None)] = None
    orders_per_minute: Annotated[int | None, wire("orders_per_minute", absent=None)] = None

    def may_tell_of(self, store: str | None) -> bool:
        """Tell whether the sender's events may be about a store (None: about none).

        The settings may name its stores with the prefix or as it sends them.
        """
        if store is None or self.stores is None:
            return True
        return store in self.stores or store.removeprefix(self.prefix) in self.stores


@stored_as("senders_terms")
@dataclass(frozen=True, slots=True)
class SendersTerms:
    """The senders that the settings name, and who speaks for them: sources of the bus, and keys."""

    named: Annotated[Mapping[str, SenderTerms], wire("named", absent={})] = field(
        default_factory=dict
    )
    by_source: Annotated[Mapping[str, str], wire("by_source", absent={})] = field(
        default_factory=dict
    )
    by_key: Annotated[Mapping[str, str], wire("by_key", absent={})] = field(default_factory=dict)

    def of_source(self, source: str) -> SenderTerms:
        """Return for whom a source of the bus speaks; one that none names is a sender by itself.

        It does not become somebody else by being called like a sender whom others speak for.
        """
        named = self.by_source.get(source)
        alone = f"source/{source}" if source in self.named else source
        return self.of_name(alone if named is None else named)

    def of_key(self, key: str) -> SenderTerms:
        """Return for whom a key speaks; one that none names is a sender by itself."""
        return self.of_name(self.by_key.get(key) or sender_of_key(key))

    def of_name(self, name: str) -> SenderTerms:
        """Return the sender of a name."""
        return self.named.get(name) or SenderTerms(name)

    def has_key(self, key: str) -> bool:
        """Tell whether a key may sign: those that are named, and the shared one."""
        return key == SHARED_KEY or key in self.by_key
