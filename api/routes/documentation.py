"""The documentation of the API: its description, drawn and raw, and a page for every problem code."""

from typing import Final

from flask import render_template

from api.door import OPEN, Answer, Call, Door, Reply
from api.pages.assets import MEDIA_TYPES, assets
from api.pages.rendering import HTML, PAGE_POLICY, words_in
from api.problems import STATUS
from service.domain.errors import Refusal
from service.wording import say
from service.wording.problems import ADVICE, DETAILS, TITLES

TAG: Final = "Documentation 文档"

_DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""swagger-ui writes style attributes; scripts come from us alone and none is inline."""


def get_docs(call: Call) -> Reply:
    """The documentation, drawn from openapi.yaml by swagger-ui."""
    return Reply(
        render_template("docs.html", language=call.language),
        headers={"Content-Security-Policy": _DOCS_POLICY},
        media_type=HTML,
    )


def get_asset(call: Call) -> Reply:
    """A file the pages need."""
    path = assets().get(call.path["name"])
    if path is None:
        raise Refusal("not_found")
    return Reply(
        path.read_bytes(),
        headers={"Cache-Control": "public, max-age=86400"},
        media_type=MEDIA_TYPES[path.suffix],
    )


def get_problem(call: Call) -> Reply:
    """What a problem code means and what to do about it."""
    code, language = call.path["code"], call.language
    if code not in STATUS:
        raise Refusal("not_found")
    page = render_template(
        "problem.html",
        language=language,
        t=words_in(language),
        messages=list,
        code=code,
        status=STATUS[code],
        title=say(TITLES, code, language, {}),
        meaning=say(DETAILS, code, language, {}),
        advice=say(ADVICE, code, language, {}),
    )
    return Reply(page, headers={"Content-Security-Policy": PAGE_POLICY}, media_type=HTML)


def get_openapi(_call: Call) -> Reply:
    """The API's description."""
    from api.openapi.document import openapi_text  # it describes this door too

    return Reply(openapi_text(), media_type="application/yaml; charset=utf-8")


DOORS: Final = (
    Door(
        name="docs",
        method="GET",
        path="/docs",
        access=OPEN,
        view=get_docs,
        tag=TAG,
        summary="This documentation 接口文档",
        description="Drawn from openapi.yaml; every file it needs is served here.",
        answers={200: Answer("The page.", media_type="text/html")},
        lenient_query=True,
    ),
    Door(
        name="openapi",
        method="GET",
        path="/openapi.yaml",
        access=OPEN,
        view=get_openapi,
        tag=TAG,
        summary="This description 接口描述",
        description="OpenAPI 3.1.",
        answers={200: Answer("The description.", media_type="application/yaml")},
        lenient_query=True,
    ),
    Door(
        name="problem",
        method="GET",
        path="/problems/{code}",
        access=OPEN,
        view=get_problem,
        tag=TAG,
        summary="What a problem code means 错误代码说明",
        description="The page a problem's `type` leads to.",
        answers={200: Answer("The page.", media_type="text/html")},
        refuses=("not_found",),
        lenient_query=True,
    ),
    Door(
        name="asset",
        method="GET",
        path="/assets/{name}",
        access=OPEN,
        view=get_asset,
        tag=TAG,
        summary="A file of the pages 页面文件",
        description="Styles and scripts, served by us.",
        answers={200: Answer("The file.", media_type="*/*")},
        refuses=("not_found",),
        lenient_query=True,
    ),
)
