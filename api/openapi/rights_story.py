"""The part of the examples' story about determinations, certificates, disputes and a person's rights."""

from typing import Any, Protocol


class Storyteller(Protocol):
    """What tells: each request's body and answer become examples."""

    def tell(self, name: str, body: Any = None, *, path: dict[str, str] | None = None, **options: Any) -> Any:
        """One request through a door."""

    def refuse(self, code: str, name: str, role: str | None = None, **options: Any) -> None:
        """One request that meets a problem."""


def tell_rights(story: Storyteller, question: dict[str, Any], entry_id: str) -> None:
    """A determination, a dispute from its opening to its end, an export, and an erasure asked for too early."""
    given = story.tell("determine", question)
    determination = {"determination_id": given["determination_id"]}
    story.tell("readDetermination", path=determination)
    story.tell("replayDetermination", path=determination)

    entry = {"entry_id": entry_id}
    opening = {"text": "该课程实际为 72 学时，登记少了 12 学时。"}
    dispute_id = story.tell("openDispute", opening, path=entry)["dispute_id"]
    dispute = {"dispute_id": dispute_id}
    story.refuse("dispute_open", "openDispute", path=entry, json=opening)
    answer = {"text": "经核对签到记录，应为 72 学时，将冲销后重新登记。"}
    story.tell("answerDispute", answer, path=dispute)
    story.refuse("dispute_answered", "answerDispute", path=dispute, json=answer)
    story.tell("closeDispute", {"text": "异议成立，由培训机构更正。", "outcome": "upheld"}, path=dispute)
    story.refuse("dispute_closed", "answerDispute", path=dispute, json=answer)
    story.tell("readDispute", path=dispute)
    story.tell("listDisputes", query="?status=closed")

    person = {"person_id": given["person"]["person_id"]}
    story.tell("exportPerson", path=person)
    story.refuse("retention_not_over", "erasePerson", path=person, json={"reason": "本人申请"})


def tell_certificates(story: Storyteller, question: dict[str, Any], person_id: str) -> None:
    """A certificate with an outcome, issued, asked for again, and verified."""
    person = {"person_id": person_id}
    asked = {"question": {name: value for name, value in question.items() if name != "person"}}
    story.tell("issueCertificate", asked, path=person)
    code = story.tell("issueCertificate", asked, path=person)["code"]
    story.tell("verifyCertificate", path={"certificate_code": code})
    mistyped = code[:-1] + ("1" if code.endswith("0") else "0")
    story.refuse("mistyped_code", "verifyCertificate", path={"certificate_code": mistyped})
    story.tell("readPublicKeys")


def tell_erasure(story: Storyteller, person_id: str) -> None:
    """Told when the term of retention is over."""
    person = {"person_id": person_id}
    request = {"reason": "保管期限已满，本人申请"}
    story.tell("erasePerson", request, path=person)
    story.refuse("already_erased", "erasePerson", path=person, json=request)
    story.refuse("person_erased", "issueCertificate", path=person, json={})
