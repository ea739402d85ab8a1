"""A refusal as people see it: a page where a browser asked, not problem+json."""

from flask import Request, Response, g, render_template

from api.pages.rendering import HTML, PAGE_POLICY, words_in
from api.problems import WAIT_AND_RETRY, problem_document, retry_after
from service.domain.errors import Refusal
from service.wording import Language, say
from service.wording.problems import ADVICE


def wants_page(request: Request) -> bool:
    """Whether the refusal goes to somebody before a browser: at a page, or at no address that there is."""
    if g.get("page") is not None:
        return True
    return request.url_rule is None and "text/html" in request.headers.get("Accept", "")


def failure_response(refusal: Refusal, language: Language, request_id: str) -> Response:
    """The page that says what went wrong and what to do."""
    problem = problem_document(refusal, language, request_id)
    html = render_template(
        "pages/failure.html",
        language=language,
        t=words_in(language),
        visit=g.get("visit"),
        problem=problem,
        advice=say(ADVICE, refusal.code, language, {}),
        messages=list,
        plain=True,
    )
    response = Response(html, status=problem["status"], content_type=HTML)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Vary"] = "Accept-Language, Cookie"
    if problem["status"] in WAIT_AND_RETRY:
        response.headers["Retry-After"] = retry_after(refusal)
    return response
