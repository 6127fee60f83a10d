"""What anybody may ask."""

from rebate.contracts.notice_texts import LOCALES
from rebate.contracts.routes.route import Audience, Kind, Route, choice, parameter

ROUTES = (
    Route(
        "GET", "/v1/health", Audience.ANYBODY, "Tell that the API answers", gives="api.HealthShown"
    ),
    Route(
        "GET",
        "/v1/openapi.json",
        Audience.ANYBODY,
        "This API, as an OpenAPI document",
        gives="api.OpenApiShown",
    ),
    Route(
        "GET",
        "/v1/draws",
        Audience.ANYBODY,
        "Commitments, seeds of days that are over, and the odds in force",
        gives="draws.Draws",
        query=(parameter("day", Kind.DAY),),
    ),
    Route(
        "GET",
        "/v1/invites/{code}",
        Audience.ANYBODY,
        "What an invite code is, and its inviter's nickname where the inviter shows it",
        gives="people.InviteShown",
        query=(choice("locale", LOCALES),),
        share_percent=5,
    ),
)
