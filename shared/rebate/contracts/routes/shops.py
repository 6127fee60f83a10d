"""What shops send, signed with a key of theirs, and what their platforms send."""

from rebate.contracts.routes.route import Audience, Kind, Route, needed

ROUTES = (
    Route(
        "POST",
        "/v1/events",
        Audience.SHOP,
        "Tell of an event, as on the bus",
        takes="events_in.EVENTS_IN",
        gives="api.EventTaken",
    ),
    Route(
        "POST",
        "/v1/links",
        Audience.SHOP,
        "Get a code by which a member links the account they sign in with",
        takes="requests.OfferLink",
        gives="linking.LinkOffered",
    ),
    Route(
        "POST",
        "/v1/spends",
        Audience.SHOP,
        "Spend what a member has on an order",
        takes="requests.SpendRequest",
        gives="money.Receipt",
    ),
    Route(
        "POST",
        "/v1/give-backs",
        Audience.SHOP,
        "Give back what was spent, or a part of it",
        takes="requests.GiveBack",
        gives="money.Receipt",
    ),
    Route(
        "GET",
        "/v1/balances",
        Audience.SHOP,
        "What a member has",
        gives="money.Balances",
        query=(needed("member", Kind.ID),),
    ),
    Route(
        "POST",
        "/v1/connect/{platform}/{key}",
        Audience.PLATFORM,
        "Take a platform's webhook",
        function="on_shop_webhook",
    ),
)
