"""/v1/access-records: who looked at whom."""

from typing import Final

from api.door import Answer, Call, Door, Reply, only
from api.schemas.access_answer import AccessPageSchema, AccessQuerySchema, access_json
from service.operations.record_access import list_access_records

TAG: Final = "Access records 访问记录"


def get_access_records(call: Call) -> Reply:
    """A page of access records."""
    page = list_access_records(call.context, **call.query)
    records = [access_json(record) for record in page.records]
    return Reply({"access_records": records, "next_cursor": page.next_cursor})


DOORS: Final = (
    Door(
        name="listAccessRecords",
        method="GET",
        path="/v1/access-records",
        access=only("admin"),
        view=get_access_records,
        tag=TAG,
        summary="Who looked at whom 查询访问记录",
        description=(
            "Every read of a person's hours and every question about them: who, when, whom, and why. Append-only, kept "
            "for 180 days at least. Pages follow each other by cursor."
        ),
        query=AccessQuerySchema,
        answers={200: Answer("A page of records.", AccessPageSchema)},
    ),
)
