"""Where other services are told by webhooks, and what came of it: for operators."""

from rebate.contracts.routes.route import (
    AFTER,
    Audience,
    Kind,
    OperatorRole,
    Route,
    choice,
    needed,
)
from rebate.domain.webhooks import DeliveryState

ANY_STATE = "any"

ROUTES = (
    Route(
        "GET",
        "/v1/webhooks",
        Audience.OPERATOR,
        "Where events go by webhooks, and how that goes",
        OperatorRole.VIEWER,
        gives="webhooks.WebhooksShown",
    ),
    Route(
        "PUT",
        "/v1/webhooks",
        Audience.OPERATOR,
        "Let events go somewhere, or change where; a new secret is answered once",
        OperatorRole.ADMIN,
        takes="webhook_requests.SaveWebhook",
        gives="webhooks.WebhookShown",
    ),
    Route(
        "GET",
        "/v1/webhooks/deliveries",
        Audience.OPERATOR,
        "What an endpoint was told in the last 30 days, each with all attempts",
        OperatorRole.VIEWER,
        gives="webhooks.WebhookDeliveriesShown",
        query=(needed("id", Kind.ID), choice("state", (ANY_STATE, *DeliveryState)), AFTER),
    ),
    Route(
        "POST",
        "/v1/webhooks/redeliver",
        Audience.OPERATOR,
        "Tell an endpoint once more, one by one or since an instant",
        OperatorRole.SUPPORT,
        takes="webhook_requests.Redeliver",
        gives="webhooks.RedeliveryShown",
    ),
)
