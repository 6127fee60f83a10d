"""Connectors: what shop platforms send, turned into our events (contracts, section 8).

`conversion` knows orders and our events, and no platform; each platform is one module that says
what a delivery of it tells of an order. Nothing here reads a clock, a store or a network.
"""

from rebate.connectors.conversion import Converted, NotConverted, convert
from rebate.connectors.delivery import ConnectorRules, PlatformDelivery, UnreadableDelivery
from rebate.connectors.facts import OutEvent
from rebate.connectors.platforms import PLATFORMS, Platform

__all__ = [
    "PLATFORMS",
    "ConnectorRules",
    "Converted",
    "NotConverted",
    "OutEvent",
    "Platform",
    "PlatformDelivery",
    "UnreadableDelivery",
    "convert",
]
