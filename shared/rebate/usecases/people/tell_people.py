"""What members are told of bindings and levels (Rules 1.7, 2.5.1 and 2.9): nobody is named."""

from collections.abc import Iterator

from rebate.domain.events import Event, LevelReached, MerchantDecided, ReferrerBound
from rebate.domain.names import MemberId

Facts = dict[str, str | int]


def people_told(event: Event) -> Iterator[tuple[MemberId, str, Facts]]:
    """Yield who is told of an event, the kind of notice and what it may name; of others nothing."""
    match event:
        case ReferrerBound(referrer=None):
            yield event.member, "referrer_removed", {}
        case ReferrerBound(referrer=str(referrer)):
            yield event.member, "referrer_bound", {}
            yield MemberId(referrer), "team_joined", {}
        case MerchantDecided(approved=True):
            yield event.member, "merchant_approved", {"store": event.store or "-"}
        case MerchantDecided():
            yield event.member, "merchant_rejected", {"reason": event.reason or "-"}
        case LevelReached(fell=True):
            facts: Facts = {"name": event.name or "-", "before": event.before or "-"}
            yield event.member, "level_lost", facts
        case LevelReached():
            yield event.member, "level_reached", {"name": event.name or "-"}
        case _:
            return
