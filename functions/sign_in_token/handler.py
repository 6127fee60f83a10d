"""Puts `member_id` into the tokens of whoever is linked: asked by Cognito each time it makes some.

A member's claim comes from our own record, never from an attribute of the account: whoever has it
could change that. Whoever has verified neither email nor telephone number is nobody's member. Which
member an operator is, an administrator writes into the account: their own client may not.
"""

import os
from typing import Any

from rebate.adapters.telemetry import logger, observed
from rebate.bootstrap import app
from rebate.usecases.identity.find_link import linked_member

CONTACT_CLAIM = "contact_verified"
"""Says whether email or phone were verified; without that no account is linked."""


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the event with what tokens shall say beside what they do anyway."""
    attributes = event["request"]["userAttributes"]
    is_verified = _is_verified(attributes)
    claims = {CONTACT_CLAIM: str(is_verified).lower()}
    member = _member(event["userPoolId"], attributes) if is_verified else None
    if member is not None:
        claims["member_id"] = member
    logger.info("tokens made", extra={"linked": member is not None, "verified": is_verified})
    added = {"claimsToAddOrOverride": claims}
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": added,
        "idTokenGeneration": added,
    }
    return event


def _member(pool: str, attributes: dict[str, str]) -> str | None:
    if pool == os.environ.get("REBATE_OPERATOR_POOL"):
        return attributes.get("custom:member_id") or None
    return linked_member(app().store, attributes["sub"])


def _is_verified(attributes: dict[str, str]) -> bool:
    return any(
        str(attributes.get(f"{name}_verified", "")).lower() == "true"
        for name in ("email", "phone_number")
    )
