"""The words of a transcript: its columns, in their order, and the names of subjects and statuses."""

from typing import Final

from service.wording import Texts

COLUMNS: Final[Texts] = {
    "entry_id": ("条目编号", "Entry"),
    "credit_year": ("学习年度", "Credit year"),
    "subject": ("科目类别", "Subject"),
    "hours": ("学时", "Hours"),
    "status": ("状态", "Status"),
    "recognised_hours": ("认定学时", "Recognised hours"),
    "division_code": ("区划代码", "Division"),
    "series": ("系列", "Series"),
    "course_code": ("课程编号", "Course code"),
    "course_title": ("课程名称", "Course"),
    "completed_on": ("完成日期", "Completed on"),
    "certificate_no": ("证书编号", "Certificate"),
}

SUBJECTS: Final[Texts] = {
    "general_public": ("一般公需", "general public"),
    "industry_public": ("行业公需", "industry public"),
    "public": ("公需", "public"),
    "specialty": ("专业", "specialty"),
}

STATUSES: Final[Texts] = {
    "registered": ("已登记", "registered"),
    "recognised": ("已认定", "recognised"),
    "rejected": ("不予认定", "rejected"),
    "reversed": ("已冲销", "reversed"),
}
