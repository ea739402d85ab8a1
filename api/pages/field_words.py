"""What the fields of the forms are called, where something is said of them away from their label."""

from typing import Final

from service.wording import Language, Texts, say

FIELD_WORDS: Final[Texts] = {
    "certificate_no": ("证书编号", "Certificate no."),
    "completed_on": ("完成日期", "Completed on"),
    "correct": ("按更正再试", "Try as a correction"),
    "course_code": ("课程编号", "Course code"),
    "course_title": ("课程名称", "Course title"),
    "credit_year": ("学习年度", "Credit year"),
    "days": ("密钥的有效期", "How long the key lasts"),
    "division_code": ("单位所在地", "Place of the unit"),
    "divisions": ("区划", "Divisions"),
    "evidence": ("佐证材料", "Evidence"),
    "external_ref": ("本机构编号", "Your own reference"),
    "feed_id": ("可信来源编号", "Trusted feed"),
    "file": ("名册文件", "Roster"),
    "hours": ("学时", "Hours"),
    "id_number": ("证件号码", "Identity number"),
    "id_type": ("证件类型", "Kind of document"),
    "key": ("密钥", "Key"),
    "layout": ("名册格式", "Layout"),
    "name": ("姓名或名称", "Name"),
    "note": ("说明", "In words"),
    "others_days": ("现有密钥", "The keys there are"),
    "outcome": ("决定", "Decision"),
    "partial": ("只登记没有错误的", "Only what has no fault"),
    "reason": ("理由", "Reason"),
    "role": ("角色", "Role"),
    "selected": ("所选", "The selected"),
    "series": ("职称系列", "Series"),
    "subject": ("科目", "Subject"),
    "sure": ("确认", "Confirmation"),
    "text": ("内容", "Text"),
    "who": ("演示人员", "Demo person"),
    "with_outcome": ("申报结论", "Outcome"),
    "year": ("年度", "Year"),
}


def field_word(name: str, language: Language) -> str:
    """The field's name for people; empty where it has none."""
    return say(FIELD_WORDS, name, language, {}) if name in FIELD_WORDS else ""
