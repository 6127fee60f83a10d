"""A store's own ratios, set by its owners within what the operator allows (Rules 1.2.7, 2.7.2)."""

from typing import Any, NamedTuple

from rebate.contracts.settings import Settings, merge_patch
from rebate.contracts.settings.scopes import Bounds
from rebate.domain.errors import Code, Rejected
from rebate.domain.merchants import StoreRole
from rebate.domain.money import Bps
from rebate.domain.names import MemberId, StoreId
from rebate.usecases.merchants.rights import insist_right
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.settings.save_settings import InForce, lowest_margin, save_settings

_PLACES = {"store": "store_settings", "cashier": "cashier_settings"}
"""Where the settings hold what a store says of its online goods, and of its desk."""


class TermsAsked(NamedTuple):
    """What an owner sets, for the `channel` store (its online goods) or cashier; None: as it is."""

    channel: str
    extraction_bps: Bps | None = None
    fixed_bps: Bps | None = None


class TermsInForce(NamedTuple):
    """A store's ratios in a channel (None: those of the plan), and within what they may be set."""

    channel: str
    extraction_bps: Bps | None
    fixed_bps: Bps | None
    extraction_bounds: tuple[Bps, ...] | None
    fixed_bounds: tuple[Bps, ...] | None


def terms_in_force(settings: Settings, store: StoreId, channel: str) -> TermsInForce:
    """Return what a store has in force for its goods or its desk; no bounds: it may set nothing."""
    plan = settings.plan("queue_rebate")
    if plan is None:
        return TermsInForce(channel, None, None, None, None)
    scope = getattr(plan, _PLACES[channel]).get(store)
    own = scope.bounds if scope else Bounds()
    return TermsInForce(
        channel,
        scope.extraction_bps if scope else None,
        scope.entitlement.fixed_bps if scope else None,
        own.extraction_bps or plan.bounds.extraction_bps,
        own.fixed_bps or plan.bounds.fixed_bps,
    )


def change_terms(desk: PeopleDesk, store: StoreId, by: MemberId, asked: TermsAsked) -> TermsInForce:
    """Put a store's ratios in force as another version of the settings, if they are others.

    Raises:
        Rejected: `not_yours`; `forbidden`: the operator lets stores set no such ratio;
            `invalid_settings`: it is outside the bounds, or settings may not be so;
            `needs_acknowledgement`: an operator has to agree.
        Unavailable: others kept changing the settings.
    """
    return desk.carry_out(lambda: _change(desk, store, by, asked))


def _change(desk: PeopleDesk, store: StoreId, by: MemberId, asked: TermsAsked) -> TermsInForce:
    insist_right(desk, store, by, StoreRole.OWNER)
    known = desk.settings.in_force()
    now = terms_in_force(known.settings, store, asked.channel)
    _insist_within("extraction_bps", asked.extraction_bps, now.extraction_bounds)
    _insist_within("fixed_bps", asked.fixed_bps, now.fixed_bounds)
    document = merge_patch(known.document, _patch(store, asked))
    if document == dict(known.document):
        return now
    saved = _saved(desk, known, document, by)
    return terms_in_force(saved.settings, store, asked.channel)


def _saved(desk: PeopleDesk, known: InForce, document: dict[str, Any], by: MemberId) -> InForce:
    return save_settings(
        desk.store,
        desk.clock,
        document,
        expects=known.version,
        by=f"merchant/{by}",
        margin_bps=lowest_margin(desk.store),
        is_live=True,
    )


def _insist_within(name: str, asked: Bps | None, bounds: tuple[Bps, ...] | None) -> None:
    if asked is None:
        return
    if bounds is None:
        message = f"{name}: the operator has set no bounds, so stores do not set it"
        raise Rejected(Code.FORBIDDEN, message)
    low, high = bounds
    if not low <= asked <= high:
        raise Rejected(Code.INVALID_SETTINGS, f"{name} must be from {low} to {high}, not {asked}")


def _patch(store: StoreId, asked: TermsAsked) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    if asked.extraction_bps is not None:
        scope["extraction_bps"] = asked.extraction_bps
    if asked.fixed_bps is not None:
        scope["entitlement"] = {"fixed_bps": asked.fixed_bps}
    return {"queue_rebate": {_PLACES[asked.channel]: {store: scope}}} if scope else {}
