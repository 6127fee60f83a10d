"""The HTTP API as an OpenAPI document, made of the table of routes and of the real types."""

from rebate.contracts.openapi.document import openapi

__all__ = ["openapi"]
