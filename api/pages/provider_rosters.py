"""Sending a roster: choose it, see what would come of it, send it. The file is chosen once."""

import io
import re
from functools import cache
from typing import Any, Final, NamedTuple

from flask import flash

from api.door import Reply
from api.pages.page import Page, Visit, staff
from api.pages.rendering import download, lead_to, show
from api.pages.roster_faults import conflicts, faulty_rows
from importers.intake import import_roster
from importers.layout import Layout, load_layouts
from importers.marked import write_marked
from importers.named_layout import layout_named
from importers.report import faults_csv, report_document
from importers.sheet import MEBIBYTE, FileRefused
from importers.template import template_workbook
from importers.trial import FAULTS_SHOWN_MAX, Trial, trial_json, trial_of, try_roster
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.identifiers import encode_person_id
from service.fields import DivisionField, StrictSchema, TextField, TruthField
from service.operations.hold_roster import (
    HELD_FOR,
    HeldRoster,
    drop_roster,
    find_held_roster,
    hold_roster,
)
from service.policy_book import Division
from service.settings import Settings

PROVIDER: Final = staff("provider")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class TryRosterSchema(StrictSchema):
    """How the roster that comes with it is to be read."""

    layout = TextField(64, load_default="standard")
    division_code = DivisionField()


class RetrySchema(TryRosterSchema):
    """How a roster that is here already is to be read this time."""

    correct = TruthField(from_text=True, load_default=False)


class SendRosterSchema(StrictSchema):
    """What of it to take."""

    partial = TruthField(from_text=True, load_default=False)  # type: ignore[assignment]  # not Schema's own option


class _Tried(NamedTuple):
    trial: Trial
    content: bytes


@cache
def packaged_layouts() -> dict[str, Layout]:
    """Every layout by id, read once: the files don't change under a running process."""
    return load_layouts()


def own_divisions(visit: Visit) -> list[Division]:
    """The divisions in use that the visitor's client covers, by code."""
    divisions = visit.context.policy_book.divisions
    return [
        divisions[code]
        for code in sorted(divisions)
        if divisions[code].successor is None and visit.client.covers(code)
    ]


class Rosters:
    """The pages of sending one."""

    def __init__(self, settings: Settings) -> None:
        self._size_max = settings.import_size_max

    def pages(self) -> tuple[Page, ...]:
        """All of them."""
        one = "/provider/import/<token>"
        return (
            Page(name="choose_roster", path="/provider/import", audience=PROVIDER, view=self.choose),
            Page(
                name="try_roster",
                path="/provider/import",
                method="POST",
                audience=PROVIDER,
                view=self.attempt,
                form=TryRosterSchema,
                files={"file": self._size_max},
                again=self.choose,
            ),
            Page(
                name="roster_template",
                path="/provider/templates/<layout>",
                audience=PROVIDER,
                view=get_template,
            ),
            Page(name="tried_roster", path=one, audience=PROVIDER, view=self.tried),
            Page(
                name="retry_roster",
                path=f"{one}/again",
                method="POST",
                audience=PROVIDER,
                view=self.retry,
                form=RetrySchema,
                again=self.tried,
            ),
            Page(
                name="send_roster",
                path=f"{one}/send",
                method="POST",
                audience=PROVIDER,
                view=send,
                form=SendRosterSchema,
            ),
            Page(
                name="discard_roster", path=f"{one}/discard", method="POST", audience=PROVIDER, view=discard
            ),
            Page(name="marked_roster", path=f"{one}/marked.xlsx", audience=PROVIDER, view=get_marked),
            Page(name="tried_roster_faults", path=f"{one}/faults.csv", audience=PROVIDER, view=get_faults),
        )

    def choose(self, visit: Visit) -> Reply:
        """The form to upload with."""
        return show(
            visit,
            "provider/import.html",
            **_choices(visit),
            size_max=self._size_max,
            size_max_mib=self._size_max // MEBIBYTE,
        )

    def attempt(self, visit: Visit) -> Reply:
        """A dry run, always. The roster waits for its sending."""
        if "file" not in visit.files:
            raise invalid_request([Fault("/file", "required")])
        file_name, content = visit.files["file"]
        return _hold(visit, content, file_name, correct=False)

    def retry(self, visit: Visit) -> Reply:
        """Another dry run of the same file, read in another way."""
        tried = _tried(visit)
        if tried is None:
            return _gone(visit)
        reply = _hold(visit, tried.content, tried.trial.file_name, correct=visit.form["correct"])
        drop_roster(visit.context, visit.client, _sign_in(visit), visit.path["token"])
        return reply

    def tried(self, visit: Visit) -> Reply:
        """What the dry run said, and what can be done now."""
        tried = _tried(visit)
        if tried is None:
            return _gone(visit)
        trial = tried.trial
        report = trial.report
        return show(
            visit,
            "provider/tried.html",
            **_choices(visit),
            trial=trial,
            held=visit.path["token"],
            layout=packaged_layouts()[trial.layout],
            place=visit.context.policy_book.divisions.get(trial.division_code or ""),
            report=report_document(report, visit.language),
            rows=faulty_rows(report, visit.language, trial.rows),
            shown_max=FAULTS_SHOWN_MAX,
            conflicts=conflicts(report),
            minutes=int(HELD_FOR.total_seconds() // 60),
        )


def _choices(visit: Visit) -> dict[str, Any]:
    layouts, divisions = list(packaged_layouts().values()), own_divisions(visit)
    return {
        "layouts": layouts,
        "divisions": divisions,
        "layout_choices": [(layout.id, layout.name) for layout in layouts],
        "division_choices": [(it.code, f"{it.code} {it.name}") for it in divisions],
    }


def send(visit: Visit) -> Reply:
    """Registers the very bytes that were tried. Sent twice, they register once."""
    tried = _tried(visit)
    if tried is None:
        return _gone(visit)
    trial = tried.trial
    report = import_roster(
        visit.context,
        visit.client,
        tried.content,
        file_name=trial.file_name,
        layout=trial.layout,
        division_code=trial.division_code,
        partial=visit.form["partial"],
        correct=trial.correct,
    )
    assert report.import_id is not None  # noqa: S101  # it was no dry run
    drop_roster(visit.context, visit.client, _sign_in(visit), visit.path["token"])
    flash(
        visit.words(
            f"名册已提交：新登记{report.created}条，更正{report.corrected}条，此前已登记{report.replayed}条，"
            f"未登记{report.refused}条。",
            f"The roster was sent: {report.created} registered, {report.corrected} corrected, "
            f"{report.replayed} registered before, {report.refused} not taken.",
        )
    )
    return lead_to(f"/provider/imports/{encode_person_id(report.import_id)}")


def discard(visit: Visit) -> Reply:
    """Forgets the file, to choose another."""
    if _TOKEN.fullmatch(visit.path["token"]):
        drop_roster(visit.context, visit.client, _sign_in(visit), visit.path["token"])
    return lead_to("/provider/import")


def get_marked(visit: Visit) -> Reply:
    """The sheet with its faults marked."""
    tried = _tried(visit)
    if tried is None:
        return _gone(visit)
    trial = tried.trial
    out = io.BytesIO()
    try:
        write_marked(
            visit.context,
            tried.content,
            layout_named(trial.layout),
            trial.division_code,
            trial.report,
            visit.language,
            out,
        )
    except FileRefused as refused:
        raise invalid_request([Fault("/file", refused.code, refused.params)]) from None
    return _kept_from_caches(download(out.getvalue(), "marked.xlsx", XLSX))


def get_faults(visit: Visit) -> Reply:
    """The faults as a table for spreadsheets."""
    tried = _tried(visit)
    if tried is None:
        return _gone(visit)
    return _kept_from_caches(download(faults_csv(tried.trial.report, visit.language), "faults.csv", CSV))


def get_template(visit: Visit) -> Reply:
    """An empty sheet of a layout."""
    layout: Layout = layout_named(visit.path["layout"])
    try:
        return download(template_workbook(layout, visit.language), f"{layout.id}.xlsx", XLSX)
    except FileRefused:
        raise Refusal("not_found") from None


def _hold(visit: Visit, content: bytes, file_name: str, *, correct: bool) -> Reply:
    """Tries a roster as the form says and keeps it; leads to what came of it."""
    trial = try_roster(
        visit.context,
        visit.client,
        content,
        file_name=file_name,
        layout=visit.form["layout"],
        division_code=visit.form.get("division_code"),
        correct=correct,
    )
    held = HeldRoster(trial_json(trial), content)
    return lead_to(f"/provider/import/{hold_roster(visit.context, visit.client, _sign_in(visit), held)}")


def _tried(visit: Visit) -> _Tried | None:
    """The roster in the path, if this sign-in holds one of that name still."""
    token = visit.path["token"]
    if not _TOKEN.fullmatch(token):
        return None
    held = find_held_roster(visit.context, visit.client, _sign_in(visit), token)
    return None if held is None else _Tried(trial_of(held.told), held.content)


def _gone(visit: Visit) -> Reply:
    flash(
        visit.words(
            "这份文件已经提交，或试运行后已超过一小时，不再保存。提交过的见导入记录；否则请重新选择文件。",
            "This file was sent already, or an hour has passed since it was tried, so it is no longer kept. What was "
            "sent is in the history; else choose the file again.",
        )
    )
    return lead_to("/provider")


def _sign_in(visit: Visit) -> str:
    assert visit.token is not None  # noqa: S101  # the page is for staff, who are signed in
    return visit.token


def _kept_from_caches(reply: Reply) -> Reply:
    return Reply(reply.body, reply.status, {**reply.headers, "Cache-Control": "no-store"}, reply.media_type)
