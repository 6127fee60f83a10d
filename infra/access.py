"""Which function may do what to which table: no more than its code calls.

tests/infra/test_access.py derives the calls from the code and compares.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from constructs import Construct

from infra.tables import table_arn

_GET = "dynamodb:GetItem"
_GET_MANY = "dynamodb:BatchGetItem"
_QUERY = "dynamodb:Query"
_SCAN = "dynamodb:Scan"
_PUT = "dynamodb:PutItem"
_PUT_MANY = "dynamodb:BatchWriteItem"
_ADD = "dynamodb:UpdateItem"
_CHECK = "dynamodb:ConditionCheckItem"
_REMOVE = "dynamodb:DeleteItem"

_Access: TypeAlias = Mapping[str, tuple[str, ...]]
"""Actions by table, `table/index` for an index."""


def _all(*parts: _Access) -> _Access:
    """Return what all of the parts allow together."""
    tables = {table for part in parts for table in part}
    return {
        table: tuple(dict.fromkeys(action for part in parts for action in part.get(table, ())))
        for table in tables
    }


_SETTINGS: _Access = {"current_settings": (_GET,), "settings": (_GET,)}

_SETTLEMENT: _Access = {
    **_SETTINGS,
    "answers": (_PUT,),
    "commissions": (_GET, _PUT),
    "current_settings": (_GET, _GET_MANY, _PUT),
    "daily_rebates": (_GET, _GET_MANY, _PUT),
    "days": (_GET, _PUT),
    "frozen_love": (_PUT,),
    "holds": (_QUERY, _PUT, _REMOVE),
    "inbox": (_GET, _QUERY, _PUT, _REMOVE),
    "journal": (_GET, _PUT),
    "lists": (_PUT,),
    "members": (_GET, _GET_MANY),
    "nodes": (_GET_MANY, _PUT),
    "order_lines": (_QUERY,),
    "orders": (_GET, _GET_MANY, _PUT),
    "parked": (_QUERY, _PUT),
    "queues": (_GET, _GET_MANY, _PUT, _SCAN),
    "settings": (_GET, _PUT),
    "statements": (_PUT,),
    "tallies": (_GET, _GET_MANY, _PUT),
    "team_figures": (_GET, _PUT),
    "tickets": (_GET_MANY, _PUT, _QUERY),
    "tickets/waiting": (_QUERY,),
    "wallets": (_GET, _GET_MANY, _ADD),
}
"""Whoever settles a queue may have to settle anything."""

_RUNG: _Access = {
    "commissions": (_GET_MANY,),
    "days": (_GET_MANY,),
    "inbox": (_GET_MANY,),
    "team_figures": (_GET_MANY,),
}
"""What is read ahead of many queues."""

_ORDERS: _Access = {
    **_SETTINGS,
    "inbox": (_PUT,),
    "order_lines": (_QUERY, _PUT),
    "orders": (_GET, _PUT, _CHECK),
    "spending": (_PUT,),
}

_LEVELS: _Access = {
    "journal": (_PUT,),
    "members": (_GET, _PUT),
    "orders": (_GET, _CHECK),
    "spending": (_QUERY,),
    "team_orders": (_QUERY, _PUT),
    "team_uplines": (_GET, _PUT),
}
"""What levels by conditions ask, where an order may be completed or refunded."""

_RECOUNTED: _Access = {"team_orders": (_PUT,), "team_uplines": (_GET,)}
"""What a refund changes of what counts for a team."""

_EARLY: _Access = {"unclaimed": (_PUT,)}
"""What keeps an event that came before its order."""

_REFUNDED: _Access = {"refunds": (_GET, _PUT)}

_PAID: _Access = _all(
    _SETTINGS,
    _ORDERS,
    {
        "lists": (_PUT,),
        "order_places": (_PUT,),
        "refunds": (_PUT, _REMOVE),
        "senders": (_GET, _PUT),
        "unclaimed": (_REMOVE,),
        "members": (_GET, _GET_MANY, _PUT),
        "orders": (_GET_MANY,),
        "products": (_GET_MANY,),
        "seeds": (_GET, _PUT),
        "shops": (_GET,),
        "spending": (_QUERY,),
        "tickets": (_QUERY, _PUT),
    },
)

_CATALOG: _Access = {
    **_SETTINGS,
    "corrections": (_GET, _CHECK),
    "journal": (_PUT,),
    "team_members": (_PUT,),
    "lists": (_PUT,),
    "members": (_GET, _PUT, _CHECK),
    "names": (_PUT, _REMOVE),
    "products": (_GET, _PUT),
    "shops": (_GET, _PUT),
    "store_days": (_GET, _PUT),
    "store_facts": (_GET, _PUT),
}

_RUNS: _Access = {
    **_SETTINGS,
    "inbox": (_SCAN, _PUT),
    "queues": (_SCAN,),
    "run_marks": (_GET, _PUT),
}

_ASKED: _Access = {
    "answers": (_GET, _GET_MANY),
    "current_settings": (_PUT,),
    "journal": (_GET_MANY,),
    "members": (_GET_MANY,),
    "notices": (_QUERY,),
    "notices_seen": (_GET, _PUT),
    "parked": (_GET, _REMOVE),
    "products": (_SCAN,),
    "queues": (_GET_MANY, _SCAN),
    "days": (_GET_MANY, _QUERY),
    "inbox": (_SCAN,),
    "refunds": (_QUERY,),
    "senders": (_GET, _CHECK),
    "wallets": (_SCAN,),
    "planned_settings": (_GET, _GET_MANY, _PUT),
    "seeds": (_GET_MANY,),
    "settings": (_GET_MANY, _PUT),
    "statements": (_QUERY,),
    "templates": (_GET, _QUERY, _PUT),
    "tickets": (_GET,),
    "store_days": (_QUERY,),
    "sums": (_GET,),
}
"""What only members and operators ask for."""

_OFFICE: _Access = {
    "acts": (_GET_MANY, _QUERY, _PUT),
    "audits": (_QUERY,),
    "corrections": (_GET_MANY,),
    "erasures": (_GET, _PUT),
    "exports": (_GET, _QUERY, _PUT),
    "names": (_QUERY,),
    "notes": (_GET, _QUERY, _PUT, _REMOVE),
    "notices": (_REMOVE,),
    "notices_seen": (_REMOVE,),
    "order_places": (_QUERY,),
    "parked": (_GET_MANY,),
    "payout_accounts": (_REMOVE,),
    "refunds": (_GET_MANY,),
    "shops": (_GET_MANY, _SCAN),
    "spending": (_GET_MANY,),
    "team_figures": (_GET_MANY,),
    "team_members": (_GET_MANY,),
    "templates": (_GET_MANY,),
    "wallets": (_GET_MANY,),
}
"""What operators find, write down and erase; the trail of acts reads what they change."""

_CONNECTED: _Access = {"connected_orders": (_GET, _PUT), "connectors": (_GET, _PUT)}

_LINKING: _Access = {
    "applicants": (_CHECK,),
    "identity_links": (_GET, _PUT),
    "link_codes": (_GET, _PUT),
    "link_offers": (_GET, _PUT),
    "linked_members": (_GET, _PUT),
    "tickets": (_QUERY,),
    "wallets": (_CHECK,),
}
"""What links accounts to members."""

_MONEY: _Access = {
    "day_counts": (_GET, _PUT),
    "gift_counts": (_GET, _PUT),
    "gifts": (_GET, _GET_MANY, _PUT),
    "lists": (_QUERY, _PUT, _REMOVE),
    "payout_accounts": (_GET, _GET_MANY, _QUERY, _PUT),
    "payouts": (_GET, _GET_MANY, _QUERY, _PUT),
    "redemptions": (_GET, _GET_MANY, _QUERY, _PUT),
    "requests": (_GET, _GET_MANY, _PUT),
}
"""What people and shops ask of wallets."""

_AUDITED = (
    "commissions",
    "current_settings",
    "daily_rebates",
    "dividend_holders",
    "dividend_periods",
    "dividends",
    "gift_counts",
    "holds",
    "imported",
    "inbox",
    "journal",
    "lists",
    "nodes",
    "orders",
    "parked",
    "payouts",
    "planned_settings",
    "queues",
    "redemptions",
    "refunds",
    "requests",
    "seeds",
    "settings",
    "spending",
    "statements",
    "sums",
    "tallies",
    "tickets",
    "wallets",
)
"""What an audit reads whole."""

_AUDIT: _Access = _all(
    dict.fromkeys(_AUDITED, (_SCAN,)),
    _SETTINGS,
    {
        "audit_parts": (_GET_MANY, _PUT, _REMOVE),
        "audits": (_QUERY, _PUT),
        "journal": (_GET,),
        "order_lines": (_QUERY,),
        "orders": (_GET, _GET_MANY),
        "run_marks": (_GET,),
        "spending": (_GET_MANY,),
        "statements": (_QUERY,),
        "tickets": (_GET_MANY,),
    },
)

_EXPORTED: _Access = _all(
    _SETTINGS,
    {
        "exports": (_QUERY, _PUT),
        "journal": (_SCAN,),
        "lists": (_QUERY,),
        "members": (_SCAN,),
        "nodes": (_GET_MANY,),
        "order_lines": (_QUERY,),
        "order_places": (_QUERY,),
        "orders": (_GET, _GET_MANY),
        "payouts": (_GET_MANY,),
        "queues": (_GET, _SCAN),
        "statements": (_QUERY,),
        "tickets": (_GET_MANY,),
        "wallets": (_SCAN,),
    },
)
"""What an export reads, and where it says how far it is."""

_PEOPLE: _Access = {
    "bindings": (_GET, _GET_MANY, _PUT),
    "corrections": (_PUT,),
    "invitations": (_GET, _PUT),
    "team_figures": (_GET_MANY,),
    "team_members": (_GET, _QUERY, _REMOVE),
    "tries": (_GET, _PUT),
}
"""What members and operators ask of invitations, teams and bindings."""

_MERCHANTS: _Access = {
    "applicants": (_GET, _PUT),
    "applications": (_GET, _GET_MANY, _PUT),
    "bills": (_GET, _PUT),
    "days": (_GET_MANY,),
    "store_rights": (_GET, _GET_MANY, _QUERY, _PUT, _CHECK),
}
"""What applicants, operators and merchants ask of applications and stores."""

_WEBHOOKS: _Access = {
    "lists": (_REMOVE,),
    "webhook_deliveries": (_GET_MANY, _PUT),
    "webhooks": (_QUERY,),
}
"""Whoever keeps deliveries to endpoints."""

_ASKED_OF_WEBHOOKS: _Access = _all(
    _WEBHOOKS,
    {
        "dead_letters": (_GET_MANY, _QUERY, _PUT, _REMOVE),
        "lists": (_PUT,),
        "webhook_deliveries": (_QUERY,),
        "webhook_health": (_GET_MANY, _REMOVE),
        "webhook_secrets": (_GET_MANY, _PUT, _REMOVE),
        "webhooks": (_GET, _GET_MANY, _PUT),
    },
)
"""What operators ask of webhooks and letters; the trail tells of secrets only that they changed."""

ACCESS: Mapping[str, _Access] = {
    "api": _all(
        _ASKED,
        _ASKED_OF_WEBHOOKS,
        _SETTLEMENT,
        _PAID,
        _EARLY,
        _REFUNDED,
        _CATALOG,
        _LINKING,
        _MONEY,
        _PEOPLE,
        _LEVELS,
        _MERCHANTS,
        _OFFICE,
    ),
    "scheduled_audit": _AUDIT,
    "connect_orders": _all(_CONNECTED, _SETTINGS),
    "deliver_webhooks": _all(
        _WEBHOOKS,
        {
            "lists": (_PUT,),
            "webhook_health": (_GET_MANY, _PUT),
            "webhook_secrets": (_GET_MANY,),
            "webhooks": (_PUT,),
        },
    ),
    "notify_members": {"notices": (_PUT_MANY,)},
    "on_catalog_saved": _CATALOG,
    "on_order_completed": _all(
        _ORDERS, _EARLY, _LEVELS, {"current_settings": (_GET_MANY,), "orders": (_GET_MANY,)}
    ),
    "on_order_paid": _all(
        _PAID, _LEVELS, {"current_settings": (_GET_MANY,), "senders": (_GET_MANY,)}
    ),
    "on_order_refunded": _all(_ORDERS, _EARLY, _REFUNDED, _RECOUNTED),
    "on_shop_webhook": _all(_CONNECTED, _SETTINGS),
    "publish_events": {**_SETTINGS, "webhooks": (_QUERY,)},
    "scheduled_clear": _RUNS,
    "scheduled_connect": _all(_CONNECTED, _SETTINGS),
    "scheduled_draws": {**_SETTINGS, "seeds": (_GET, _PUT)},
    "scheduled_exports": _EXPORTED,
    "scheduled_letters": {"dead_letters": (_PUT,)},
    "scheduled_payouts": {
        **_RUNS,
        "daily_rebates": (_GET, _PUT),
        "days": (_GET, _PUT),
        "dividend_holders": (_QUERY, _PUT),
        "dividend_periods": (_GET, _PUT),
        "dividends": (_GET, _PUT),
        "frozen_love": (_QUERY, _REMOVE),
        "holds": (_GET, _SCAN, _REMOVE),
        "journal": (_PUT,),
        "lists": (_QUERY, _REMOVE),
        "level_runs": (_GET, _PUT),
        "members": (_GET, _PUT, _SCAN),
        "orders": (_GET_MANY,),
        "requests": (_PUT,),
        "spending": (_QUERY,),
        "team_orders": (_QUERY,),
        "statements": (_PUT,),
        "tallies": (_GET, _GET_MANY, _PUT),
        "wallets": (_GET, _ADD),
    },
    "scheduled_sweep": _all(
        _SETTLEMENT,
        {
            "inbox": (_SCAN,),
            "lists": (_GET_MANY, _QUERY),
            "planned_settings": (_GET, _PUT),
            "products": (_GET_MANY, _SCAN),
            "run_marks": (_GET, _PUT),
            "senders": (_GET, _CHECK),
            "sums": (_GET, _PUT),
            "unclaimed": (_QUERY, _REMOVE),
            "wallets": (_SCAN,),
        },
    ),
    "scheduled_webhooks": _all(_WEBHOOKS, {"lists": (_QUERY,), "webhook_health": (_GET_MANY,)}),
    "settle": _all(_SETTLEMENT, _RUNG),
    "sign_in_token": {"identity_links": (_GET,)},
}
"""By function."""


def resources_by_action(
    scope: Construct, function: str, prefix: str
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield sets of actions and the ARNs of all tables on which a function may do just these."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for table, actions in sorted(ACCESS.get(function, {}).items()):
        grouped.setdefault(tuple(sorted(actions)), []).append(_arn(scope, prefix, table))
    for actions, arns in sorted(grouped.items()):
        yield list(actions), arns


def _arn(scope: Construct, prefix: str, name: str) -> str:
    table, slash, index = name.partition("/")
    arn = table_arn(scope, f"{prefix}{table}")
    return f"{arn}/index/{index}" if slash else arn
