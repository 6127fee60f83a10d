"""The issuer's endpoints over HTTP, and the page on which one chooses who one is."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from html import escape
from urllib.parse import parse_qs, urlsplit

from local.sign_in.issuer import PATH, Form, LocalIssuer, SignInRefused
from rebate.contracts.routes.route import Audience, OperatorRole

Answer = tuple[int, Mapping[str, str], bytes]

MEMBERS_SHOWN = 60

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}"
    "form{margin:1rem 0}fieldset{border:1px solid #999;border-radius:.5rem}"
    "button,input,select{font:inherit;padding:.4rem .7rem;margin:.2rem}"
)
_STYLED = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLED}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_TEXTS = {
    "zh-CN": {
        "title": "选择身份",
        "why": "演示环境, 不需要密码",
        "member": "会员",
        "other": "未绑定会员的新用户",
        "name": "名称",
        "operator": "运营人员",
        "role": "角色",
        "enter": "登录",
    },
    "en": {
        "title": "Choose who you are",
        "why": "A demonstration: no password is needed.",
        "member": "A member",
        "other": "Somebody new, linked to no member",
        "name": "Name",
        "operator": "An operator",
        "role": "Role",
        "enter": "Sign in",
    },
}


def answered(issuer: LocalIssuer, method: str, target: str, body: bytes, languages: str) -> Answer:
    """Return what the issuer answers to a request below `PATH`."""
    asked = urlsplit(target)
    endpoint = _ENDPOINTS.get((method, asked.path.removeprefix(PATH)))
    if endpoint is None:
        return _json(404, {"error": "not_found"})
    text = body.decode(errors="replace") if method == "POST" else asked.query
    try:
        return endpoint(issuer, _form(text), languages)
    except SignInRefused as refused:
        return _json(400, {"error": refused.code, "error_description": str(refused)})


def _form(text: str) -> Form:
    return {name: values[0] for name, values in parse_qs(text).items()}


def _json(status: int, said: object) -> Answer:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return status, headers, json.dumps(said).encode()


def _led_to(address: str) -> Answer:
    return 302, {"Location": address, "Cache-Control": "no-store"}, b""


def _page(issuer: LocalIssuer, asked: Form, languages: str) -> Answer:
    client = issuer.asked(asked)
    locale = "zh-CN" if asked.get("ui_locales", languages).lower().startswith("zh") else "en"
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in asked.items()
    )
    is_operator = Audience.OPERATOR in client.audiences
    choices = _of_operators(hidden, locale) if is_operator else _of_members(issuer, hidden, locale)
    texts = _TEXTS[locale]
    page = (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{texts['title']}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{texts['title']}</h1><p>{texts['why']}</p>{''.join(choices)}</main></body></html>"
    )
    return 200, _PAGE_HEADERS, page.encode()


def _of_members(issuer: LocalIssuer, hidden: str, locale: str) -> Iterator[str]:
    texts = _TEXTS[locale]
    buttons = "".join(
        f'<button name="member" value="{escape(name)}">{escape(name)}</button>'
        for name in issuer.members()[:MEMBERS_SHOWN]
    )
    if buttons:
        yield _fieldset(texts["member"], f"{hidden}{buttons}")
    yield _fieldset(texts["other"], f"{hidden}{_name(texts)}<button>{texts['enter']}</button>")


def _of_operators(hidden: str, locale: str) -> Iterator[str]:
    texts = _TEXTS[locale]
    roles = "".join(f"<option>{role}</option>" for role in reversed(OperatorRole))
    chosen = f'<label>{texts["role"]} <select name="role">{roles}</select></label>'
    fields = f"{hidden}{_name(texts)}{chosen}<button>{texts['enter']}</button>"
    yield _fieldset(texts["operator"], fields)


def _name(texts: Mapping[str, str]) -> str:
    return f'<label>{texts["name"]} <input name="who" required maxlength="128"></label>'


def _fieldset(title: str, content: str) -> str:
    form = f'<form method="post" action="authorize">{content}</form>'
    return f"<fieldset><legend>{title}</legend>{form}</fieldset>"


_ENDPOINTS: Mapping[tuple[str, str], Callable[[LocalIssuer, Form, str], Answer]] = {
    ("GET", ".well-known/openid-configuration"): lambda it, *_: _json(200, it.configuration()),
    ("GET", "jwks"): lambda it, *_: _json(200, it.jwks()),
    ("GET", "authorize"): _page,
    ("POST", "authorize"): lambda it, form, _: _led_to(it.sign_in(form)),
    ("POST", "token"): lambda it, form, _: _json(200, it.tokens(form)),
    ("GET", "logout"): lambda it, form, _: _led_to(it.signed_out(form)),
}
