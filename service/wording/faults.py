"""The words for a fault of one field, by code. They never hold the value that was wrong."""

from typing import Final

from service.wording import Texts

FAULTS: Final[Texts] = {
    "required": ("必填。", "This is required."),
    "null_not_allowed": ("不能为 null。", "null isn't allowed here."),
    "unknown_field": ("没有这个字段。", "There is no such field."),
    "repeated": ("只能出现一次。", "This may be given once only."),
    "invalid": ("无效。", "This isn't valid."),
    "not_an_object": ("应为 JSON 对象。", "This must be a JSON object."),
    "not_a_list": ("应为列表。", "This must be a list."),
    "not_a_text": ("应为文本。", "This must be text."),
    "not_an_integer": ("应为整数。", "This must be a whole number."),
    "not_a_boolean": ("应为 true 或 false。", "This must be true or false."),
    "not_a_file": ("应上传一个文件。", "A file must be uploaded here."),
    "blank": ("不能为空。", "This can't be empty."),
    "too_long": ("最多 {most} 个字符。", "At most {most} characters are allowed."),
    "control_characters": (
        "含有控制字符、换行或不成对的代理字符。",
        "This holds control characters, line breaks or lone surrogates.",
    ),
    "name_taken": (
        "已有同名单位（撤销的也算）。",
        "There is a client of this name already, revoked ones included.",
    ),
    "not_for_role": ("这个角色不适用此项。", "A client of this role has none."),
    "too_few": ("至少要有 {least} 项。", "At least {least} is needed."),
    "too_many": ("最多 {most} 项。", "At most {most} are allowed."),
    "out_of_range": ("应在 {least} 至 {most} 之间。", "This must be between {least} and {most}."),
    "invalid_choice": ("只能是：{choices}。", "This must be one of: {choices}."),
    "unknown_subject": (
        "没有这个科目，只能是：{choices}。",
        "There is no such subject; use one of: {choices}.",
    ),
    "unknown_layout": (
        "没有这个名册格式，只能是：{choices}。",
        "There is no such layout; use one of: {choices}.",
    ),
    "unknown_division": (
        "不认识这个区划代码（GB/T 2260，浙江省内六位数）。",
        "This isn't a division code the service knows (GB/T 2260, six digits, in Zhejiang).",
    ),
    "division_differs": (
        "与路径中的区划代码不一致。",
        "This differs from the division code in the path.",
    ),
    "invalid_hours": (
        "学时应为数字，如 12.5。",
        "Hours must be a number, such as 12.5.",
    ),
    "too_many_decimals": ("学时最多一位小数。", "Hours have one decimal at most."),
    "hours_out_of_range": ("学时应大于 0，不超过 {most}。", "Hours must be above 0 and at most {most}."),
    "invalid_day": (
        "应为存在的日期，形如 2023-05-04。",
        "This must be a day that exists, such as 2023-05-04.",
    ),
    "invalid_instant": (
        "应为带时区的时刻（RFC 3339），形如 2023-09-30T23:59:59+08:00。",
        "This must be an instant with its offset (RFC 3339), such as 2023-09-30T23:59:59+08:00.",
    ),
    "as_of_in_future": ("不能是将来的时刻。", "This can't be in the future."),
    "credit_year_range": (
        "学习年度应在 {least} 至 {most} 之间，不能是将来的年度。",
        "The credit year must be between {least} and {most}, never in the future.",
    ),
    "credit_year_mismatch": (
        "学习年度应为完成日期（{completed_on}）的年份或其上一年。",
        "The credit year must be the year of the completion day ({completed_on}) or the year before it.",
    ),
    "completed_in_future": ("完成日期不能在将来。", "The completion day can't be in the future."),
    "tenure_after_declaration": (
        "任现职年份不能晚于申报年度。",
        "The start of tenure can't be after the declaration year.",
    ),
    "id_number_numeric": (
        "证件号码应为文本：写成数字会丢失末几位，无法还原。",
        "An identity number must be text: as a number its last digits are lost beyond repair.",
    ),
    "id_number_in_text": (
        "含有证件号码：此处不可填写，登记后无法删除。",
        "This holds an identity number, which has no place here: what is recorded can't be removed.",
    ),
    "id_number_form": (
        "证件号码应为18位：17位数字加一位校验码（数字或X）。",
        "An identity number has 18 characters: 17 digits and a check character (a digit or X).",
    ),
    "id_number_birth_date": (
        "证件号码中的出生日期不存在或在将来。",
        "The birth date in the identity number doesn't exist or is in the future.",
    ),
    "id_number_check_digit": (
        "证件号码的校验码不对。",
        "The check character of the identity number is wrong.",
    ),
    "invalid_person_id": ("不是本服务给出的人员编号。", "This isn't a person id given out by this service."),
    "invalid_entry_id": ("不是本服务给出的条目编号。", "This isn't an entry id given out by this service."),
    "same_person": ("两个编号是同一个人。", "These are one and the same person id."),
    "day_out_of_range": (
        "不能在将来，也不能早于 {least} 年。",
        "This can't be in the future, nor before {least}.",
    ),
    "number_not_in_ledger": ("没有登记过此证件号码的学时。", "The ledger has nobody under this number."),
    "nothing_selected": ("请至少选择一条。", "Select at least one entry."),
    "unknown_person": ("没有这个人员编号。", "There is no person of this id."),
    "invalid_cursor": ("不是本服务给出的游标。", "This isn't a cursor given out by this service."),
    "reason_required": (
        "不予认定或减少学时时，必须说明理由。",
        "A reason is required to reject or to reduce.",
    ),
    "unknown_committee": (
        "{place}{year}年度的评审计划中没有这个编号；已收录的计划年度：{loaded}。",
        "No plan of {place} for {year} has this number; plans are loaded for: {loaded}.",
    ),
    "committee_contradiction": (
        "与评审计划不符：计划写明由{reviewed_by}评审（{document}，{number}）。",
        "This contradicts the plan, by which the {reviewed_by} reviews ({document}, {number}).",
    ),
    "committee_level": (
        "评审计划的这一行没有这个级别（{document}，{number}）。",
        "This row of the plan does not name this level ({document}, {number}).",
    ),
    "hours_not_applicable": ("不予认定时不能给学时。", "Hours can't be given with a rejection."),
    "more_than_registered": (
        "不能多于登记的学时（{most}）。",
        "This can't be more than the registered hours ({most}).",
    ),
    "evidence_required": ("至少要有一份佐证材料。", "At least one file of evidence is needed."),
    "evidence_empty": ("文件是空的。", "The file is empty."),
    "evidence_too_large": ("每个文件最大 {most} MB。", "A file has {most} MB at most."),
    "evidence_type": (
        "只接受 PDF、JPEG、PNG、WebP，按文件内容判断，与文件名无关。",
        "Only PDF, JPEG, PNG and WebP are taken, told by the file's content whatever its name.",
    ),
    "evidence_damaged": ("文件残缺，打不开。", "The file is incomplete and can't be opened."),
    "evidence_encrypted": (
        "PDF 设有密码或加密限制，请去除后再上传。",
        "The PDF is encrypted: save it without a password or restrictions and upload that.",
    ),
    "evidence_active": (
        "PDF 含有脚本、会启动程序的动作，或结构复杂得无法检查，请打印成新的 PDF 后再上传。",
        "The PDF holds a script or an action that starts something, or is too intricate to tell: print it to a new PDF "
        "and upload that.",
    ),
    "evidence_dimensions": (
        "图片的长宽过大，请缩小后再上传。",
        "The picture has too many pixels: make it smaller and upload that.",
    ),
}
