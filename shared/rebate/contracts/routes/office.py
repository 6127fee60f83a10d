"""What operators find, write down and erase, and what they did."""

from rebate.contracts.office import EXPORTED, MEMBER_PARTS, ORDER_STATES
from rebate.contracts.routes.route import (
    AFTER,
    Audience,
    Kind,
    OperatorRole,
    Route,
    choice,
    needed,
    parameter,
)

_OPERATOR = Audience.OPERATOR

ROUTES = (
    Route(
        "GET",
        "/v1/overview",
        _OPERATOR,
        "What needs a hand, and the last 30 days by day",
        OperatorRole.VIEWER,
        gives="office.Overview",
    ),
    Route(
        "GET",
        "/v1/orders",
        _OPERATOR,
        "Orders by what people know of them, the newest first",
        OperatorRole.VIEWER,
        gives="office.OrdersFound",
        query=(
            parameter("query", Kind.TEXT),
            parameter("member", Kind.ID),
            parameter("store", Kind.ID),
            parameter("from", Kind.MOMENT),
            parameter("to", Kind.MOMENT),
            choice("state", ORDER_STATES),
            AFTER,
        ),
    ),
    Route(
        "GET",
        "/v1/exports",
        _OPERATOR,
        "Orders, entries or withdrawals of some days as a file, as far as one answer holds them",
        OperatorRole.VIEWER,
        query=(
            choice("what", EXPORTED),
            parameter("from", Kind.MOMENT),
            parameter("to", Kind.MOMENT),
        ),
        share_percent=2,
        is_csv=True,
    ),
    Route(
        "GET",
        "/v1/members",
        _OPERATOR,
        "Members by id or by how their name begins; without a query all, who came last first",
        OperatorRole.VIEWER,
        gives="office.MembersFound",
        query=(parameter("query", Kind.TEXT), AFTER),
    ),
    Route(
        "GET",
        "/v1/member",
        _OPERATOR,
        "A member's whole account, or a page of a part of it",
        OperatorRole.VIEWER,
        gives="office.MemberShown",
        query=(needed("id", Kind.ID), choice("part", MEMBER_PARTS), AFTER),
    ),
    Route(
        "POST",
        "/v1/notes",
        _OPERATOR,
        "Write down what is known of a member",
        OperatorRole.SUPPORT,
        takes="requests.AddNote",
        gives="office.NoteShown",
    ),
    Route(
        "POST",
        "/v1/erasures",
        _OPERATOR,
        "Erase what is personal of a member; again is allowed",
        OperatorRole.ADMIN,
        takes="requests.Erase",
        gives="office.Erased",
    ),
    Route(
        "GET",
        "/v1/audit",
        _OPERATOR,
        "What people did: by who, by what was done or to what, the newest first",
        OperatorRole.VIEWER,
        gives="acts.Acts",
        query=(
            parameter("who", Kind.TEXT),
            parameter("what", Kind.TEXT),
            parameter("from", Kind.MOMENT),
            parameter("to", Kind.MOMENT),
            AFTER,
        ),
    ),
)
