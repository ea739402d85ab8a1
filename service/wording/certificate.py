"""The words of a certificate's paper, and of what has become of one."""

from typing import Final

from service.wording import Texts

PAPER: Final[Texts] = {
    "title": ("专业技术人员继续教育学时证明", "Certificate of Continuing Education Hours"),
    "name": ("姓名", "Name"),
    "id_number": ("证件号码", "Identity number"),
    "person_id": ("人员编号", "Person"),
    "scope": ("学习年度", "Credit years"),
    "all_years": ("全部年度", "all years"),
    "years": ("全部年度（{first}—{last}）", "all years ({first}–{last})"),
    "one_year": ("{year} 年度", "{year}"),
    "issued_by": ("出具系统", "Issued by"),
    "service": ("继续教育学时账", "Hours Ledger"),
    "issued_on": ("出具日期", "Issued on"),
    "day": ("{year}年{month}月{day}日", "{year}-{month:02}-{day:02}"),
    "code": ("核验码", "Verification code"),
    "sums": ("各年度学时", "Hours by year and subject"),
    "entries": ("学时明细", "Entries"),
    "year": ("年度", "Year"),
    "total": ("合计", "Total"),
    "recognised": ("已认定", "recognised"),
    "pending": ("仅登记", "registered"),
    "line": ("序号", "No."),
    "course": ("课程", "Course"),
    "subject": ("科目", "Subject"),
    "hours": ("学时", "Hours"),
    "recognised_hours": ("认定", "Recog."),
    "provider": ("登记单位", "Registered by"),
    "completed_on": ("完成日期", "Completed"),
    "status": ("状态", "Status"),
    "no_course": ("（未写明课程）", "(no course given)"),
    "no_entries": ("没有学时记录。", "No hours are recorded."),
    "about_sums": (
        "单位：学时。“已认定”为主管部门认定的学时，“仅登记”为已登记、未经认定的学时：有的地方登记即可计入，有的须认定后才计入。",
        "In hours. Recognised: by the competent authority. Registered: not recognised; some places count these already, others only once they are recognised.",
    ),
    "about_rejected": (
        "另有 {hours} 学时不予认定，未计入上表。",
        "{hours} hours were not recognised and are not in it.",
    ),
    "about_missing": (
        "〓 代表字库中没有的字符。",
        "〓 stands for a character that the typeface lacks.",
    ),
    "outcome": ("申报资格（继续教育学时）", "Eligibility by continuing education hours"),
    "question": (
        "{place}　{year} 年度申报　{level}　{purpose}",
        "{place}, declaration of {year}, {level}, {purpose}",
    ),
    "policy": ("依据", "By"),
    "policy_text": ("文本摘要", "Digest of its text"),
    "outcome_day": (
        "按出具日的账本和规定判定。",
        "By the ledger and the rules of the day of issue.",
    ),
    "end": ("———  以下空白  ———", "———  nothing follows  ———"),
    "online": ("在线", "Online"),
    "online_how": (
        "扫描二维码，或在 {url} 输入核验码：显示本证明的内容，以及其中的学时至今是否仍然有效。",
        "Scan the QR code, or enter the code at {url}: it shows what this certificate says and whether it still holds.",
    ),
    "offline": ("离线", "Offline"),
    "offline_how": (
        "二维码自带签名（JWS，Ed25519），用公钥 {url} 即可核验；电子文件用 hours-ledger certificate verify 核验，"
        "改动任何一个字节都会被发现。",
        "The QR code carries a signed claim (JWS, Ed25519): check it with the public keys at {url}. Check the file "
        "with hours-ledger certificate verify: any changed byte is found.",
    ),
    "key_id": ("签名密钥", "Signing key"),
    "ledger": ("账本位置", "Ledger"),
    "position": ("第 {position} 条", "position {position}"),
    "page": ("第 {page} 页　共 {pages} 页", "Page {page} of {pages}"),
    "qr_alt": ("核验二维码", "QR code for verification"),
    "met": ("符合", "met"),
    "not_met": ("不符合", "not met"),
    "open": ("不判定", "not decided"),
    "clause": ("{document} {clause}：{text}", "{document} {clause}: {text}"),
}

CHANGES: Final[Texts] = {
    "entry_reversed": (
        "第 {line} 条（{year} 年，{subject}，{hours} 学时）已于 {day} 冲销",
        "No. {line} ({year}, {subject}, {hours} hours) was reversed on {day}",
    ),
    "recognition_replaced": (
        "第 {line} 条（{year} 年，{subject}，{hours} 学时）的认定已于 {day} 由 {then} 学时改为 {now} 学时",
        "No. {line} ({year}, {subject}, {hours} hours): on {day} its recognition was changed from {then} to {now} hours",
    ),
    "decided_since": (
        "第 {line} 条（{year} 年，{subject}，{hours} 学时）出具时仅登记，已于 {day} 认定 {now} 学时",
        "No. {line} ({year}, {subject}, {hours} hours), only registered then: {now} hours of it were recognised on {day}",
    ),
}

OBJECTIONS: Final[Texts] = {
    "hours_lost": (
        "证明所列的学时，有的已不再有效",
        "Some of the hours that it lists are no longer there",
    ),
    "outcome_changed": (
        "按现在的账本，申报资格的结论已不同",
        "By the ledger of today the outcome it states is another",
    ),
    "ledger_changed": (
        "账本与出具时不符：被改动过，请联系出具系统",
        "The ledger is not the one it was made from: it was tampered with; ask whoever issued it",
    ),
    "claim_unsound": (
        "留存的签名无法核验，请联系出具系统",
        "The signature that is kept cannot be verified; ask whoever issued it",
    ),
}

VERDICTS: Final[Texts] = {
    "holds": ("仍然有效", "It still holds"),
    "fails": ("已不再有效", "It no longer holds"),
    "added": (
        "出具之后新增 {count} 条学时，不影响本证明",
        "{count} entries were added since; they take nothing from it",
    ),
    "erased": (
        "此人的姓名和证件号码已按规定删除，无法再核对本人",
        "The person's name and number were erased since: whose it is can't be checked any more",
    ),
    "policy_changed": (
        "所依据的规定已更新；证明按出具日的规定判定",
        "The rules were changed since; it goes by those of its day",
    ),
}
