"""What members are told, and how operators word it.

GET  /v1/me/notices?locale=&after=   a page of one's notices, in `zh-CN` (default) or `en`
GET  /v1/notices/wordings            how every kind of notice is worded, now and by default
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.queries import locale_of, page_parameter
from rebate.bootstrap import app
from rebate.usecases.notices.show_notices import show_notices
from rebate.usecases.notices.word_notices import show_wordings

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/me/notices")
def my_notices() -> Response[str]:
    event = current_event()
    terms = app().settings.in_force().terms
    locale, after = locale_of(event), page_parameter(event)
    return answer(200, show_notices(app().store, terms, member_of(event), locale, after))


@router.get("/v1/notices/wordings")
def wordings() -> Response[str]:
    return answer(200, show_wordings(app().store))
