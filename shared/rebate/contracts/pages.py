"""How the pages are served: the same on one machine and in the cloud.

Two applications share one address: desks, for operators under `/desk` and for merchants under
`/merchant`, and the members' pages everywhere else; `/api` describes the HTTP API. What they show
stands in the path, so each path that names no file is answered with the page of its application.
`config.json` beside them says what differs from stage to stage.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rebate.domain.currencies import DECIMALS

MEMBERS_PAGE = "index.html"
DESK_PAGE = "desk.html"
API_PAGE = "api.html"
DESKS = ("/desk/", "/merchant/")
"""With what the paths of desks begin."""

API = "/api"
"""The path of the page that describes the HTTP API."""

CONFIG_FILE = "config.json"

SIGNED_IN = "/signed-in"
"""Where an issuer sends people back to, with their role behind it: `/signed-in/member`."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""For files whose names change with what is in them, below `/assets/`."""

ASK_AGAIN = "no-cache"
"""For all others."""

_MOST_HAVE = 2

_EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
"""The digest of no text: a style element may be there as long as nothing is written in it.

Scripts, which come from here, add rules to it (the page of the API does).
"""


def file_of(path: str) -> str:
    """Return which file answers a path of the pages; `REWRITE` says the same to CloudFront."""
    if "." in path.rpartition("/")[2]:
        return path.lstrip("/")
    if path.rstrip("/") == API:
        return API_PAGE
    is_desk = path == f"{SIGNED_IN}/operator" or f"{path}/".startswith(DESKS)
    return DESK_PAGE if is_desk else MEMBERS_PAGE


REWRITE = f"""\
function handler(event) {{
  var request = event.request;
  var path = request.uri;
  if (path.slice(path.lastIndexOf('/')).indexOf('.') < 0) {{
    var isDesk = path === '{SIGNED_IN}/operator' || /^\\/(desk|merchant)(\\/|$)/.test(path);
    var isApi = /^\\{API}\\/?$/.test(path);
    request.uri = isApi ? '/{API_PAGE}' : isDesk ? '/{DESK_PAGE}' : '/{MEMBERS_PAGE}';
  }}
  return request;
}}
"""
"""`file_of` as a function of CloudFront, which speaks an old JavaScript only."""


def cache_of(path: str) -> str:
    """Return how long a browser may keep the file of a path."""
    return IMMUTABLE if path.startswith("/assets/") else ASK_AGAIN


def policy(issuers: Iterable[str] = ()) -> str:
    """Return what pages may load and do: only what comes from here, and members' avatars.

    `issuers` are the origins that they ask for tokens.
    """
    asked = " ".join(("'self'", *issuers))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' {_EMPTY}; "
        f"img-src 'self' https: data:; connect-src {asked}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def page_config(sign_in: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return what stands in `config.json`: who signs people in, by role, and decimals of money."""
    rare = {code: decimals for code, decimals in DECIMALS.items() if decimals != _MOST_HAVE}
    return {"sign_in": dict(sign_in), "decimals": rare}
