"""The words of an answer: findings, advisories, remedies."""

from typing import Final

from service.wording import Texts

OUTCOMES: Final[Texts] = {
    "eligible": ("可以申报：符合继续教育学时要求", "eligible: the hours suffice"),
    "not_eligible": ("不能申报：不符合继续教育学时要求", "not eligible: the hours fall short"),
    "undetermined": ("不能判定", "undetermined"),
    "referred": ("由其他机构判定", "referred to another body"),
}

MEASURES: Final[Texts] = {
    "total": ("总学时", "total hours"),
    "specialty": ("专业科目学时", "specialty-course hours"),
    "public": ("公需科目学时", "public-course hours"),
    "general_public": ("一般公需科目学时", "general public-course hours"),
}

MET: Final[Texts] = {
    "year_minimum": (
        "{year}年{measure}{counted}，达到{required}",
        "{year}: {counted} {measure}, {required} required: met",
    ),
    "window_minimum": (
        "{first}—{last}年累计{measure}{counted}，达到{required}",
        "{first}–{last}: {counted} {measure} in all, {required} required: met",
    ),
    "years_short": (
        "符合要求的年份{counted}年，达到规定的{required}年",
        "{counted} qualifying years, {required} required: met",
    ),
    "consecutive_years": ("{year}年符合要求", "{year} qualifies"),
    "not_registered": ("{year}年已有学时登记", "Hours are registered for {year}"),
    "not_recognised": ("{year}年有经认定的学时", "Hours are recognised for {year}"),
}

UNMET: Final[Texts] = {
    "year_minimum": (
        "{year}年{measure}{counted}，少{short_by}学时",
        "{year}: {counted} {measure}, {short_by} short of {required}",
    ),
    "window_minimum": (
        "{first}—{last}年累计{measure}{counted}，比{required}少{short_by}学时",
        "{first}–{last}: {counted} {measure} in all, {short_by} short of {required}",
    ),
    "years_short": (
        "符合要求的年份只有{counted}年，比规定的{required}年少{short_by}年",
        "Only {counted} qualifying years of the {required} required",
    ),
    "consecutive_years": (
        "{year}年不符合要求：申报当年和前一年度须连续符合",
        "{year} does not qualify: the declaration year and the year before must both qualify",
    ),
    "not_registered": ("{year}年没有登记任何学时", "Nothing is registered for {year}"),
    "not_recognised": ("{year}年没有经认定的学时", "No hours are recognised for {year}"),
    "no_local_rule": (
        "{place}没有已收录的继续教育学时规定，不能判定；请向{settled_by}咨询",
        "No rule of {place} on continuing-education hours is loaded: this cannot be decided here; ask {settled_by}",
    ),
    "no_policy_for_year": (
        "没有收录{place}适用于{year}年度的通知，不能判定；请向{settled_by}咨询",
        "No notice of {place} for {year} is loaded: this cannot be decided here; ask {settled_by}",
    ),
    "provincial_series": (
        "由省级评审委员会评审，按省的规定执行；由{settled_by}答复",
        "A provincial committee reviews this and the province's rules apply; {settled_by} decides",
    ),
    "purpose_not_addressed": (
        "通知没有规定这类申报（{purpose}）的学时要求，不能判定；请向{settled_by}咨询",
        "The notice does not address this purpose ({purpose}): it cannot be decided here; ask {settled_by}",
    ),
    "level_not_addressed": (
        "通知没有规定{level}的学时要求，不能判定；请向{settled_by}咨询",
        "The notice does not address this level ({level}): it cannot be decided here; ask {settled_by}",
    ),
    "integrity_hold": (
        "职称评审诚信档案有未满期限的记录，不在这里判定；由{settled_by}答复",
        "An integrity record is still in force: this cannot be decided here; {settled_by} decides",
    ),
    "no_recognising_authority": (
        "未认定的学时足以影响结果，但通知附件没有列出“{series}”系列的认定部门；请向{settled_by}咨询",
        "Unrecognised hours would decide, but the notice names no authority that recognises hours of {series}; "
        "ask {settled_by}",
    ),
}

LEVELS: Final[Texts] = {
    "junior": ("初级", "junior"),
    "intermediate": ("中级", "intermediate"),
    "associate_senior": ("副高级", "associate senior"),
    "full_senior": ("正高级", "full senior"),
}

PURPOSES: Final[Texts] = {
    "review": ("评审", "review"),
    "recommendation": ("推荐", "recommendation"),
    "self_appointment": ("自主评聘", "self-appointment"),
    "initial": ("初定", "initial title"),
    "exam_appointment": ("以考代评聘用", "appointment after an examination"),
    "confirmation": ("认定（确认）", "confirmation"),
}

ADVISORIES: Final[Texts] = {
    "tenure_start_assumed": (
        "没有给出现职称取得年份，按最近的{first}—{last}年计算",
        "No year of the present title was given: {first}–{last} are counted",
    ),
    "required_years_assumed": (
        "没有给出规定年限，按{years}年计算",
        "The number of years required was not given: {years} is assumed",
    ),
    "deemed_year_used": (
        "{first}—{last}年（{count}年）的学时视同合格",
        "{first}–{last} ({count} years) are deemed to qualify",
    ),
    "legacy_years_not_assessed": (
        "{first}—{last}年按原规定认定，这里不作评定",
        "{first}–{last} go by the older rules and are not assessed here",
    ),
    "policy_extrapolated": (
        "{year}年度的通知尚未收录，沿用{notice_year}年度的{document}",
        "No notice for {year} is loaded: {document} of {notice_year} is applied",
    ),
    "threshold_by_reference": (
        "通知没有写明学时数字，按其引用的{document}计算",
        "The notice gives no figures: those of {document}, to which it refers, are applied",
    ),
    "provincial_committee": (
        "由省级评审委员会评审：{document}没有相关条款，规则照样适用",
        "A provincial committee reviews this: {document} has no clause on that, its rule is applied",
    ),
    "current_year_shortfall_only": (
        "只有申报当年（{year}年）不足，此前各年均已达标",
        "Only the declaration year ({year}) is short; every year before it is met",
    ),
    "by_reference": (
        "以考代评后聘用，继续教育要求参照执行，申报年度即聘用年度",
        "Appointment after an examination: the rule applies by reference, for the year of appointment",
    ),
    "tenure_shorter_than_window": (
        "现职称{tenure_start}年取得，晚于所计算的第一年（{first}年）；规则照样适用",
        "The present title dates from {tenure_start}, after the first year counted ({first}); the rule still applies",
    ),
    "anomaly": (
        "{year}年计入{hours}学时，明显偏高，请核对",
        "{hours} hours count for {year}, which is unusually many: please check",
    ),
    "pending_not_counted": (
        "{year}年有{hours}学时尚未认定，没有计入",
        "{hours} hours of {year} are not recognised yet and do not count",
    ),
    "hours_elsewhere": (
        "{year}年有{hours}学时登记在其他地市，不计入{name}",
        "{hours} hours of {year} are registered in another city and do not count in {name}",
    ),
    "falsified_reversal": (
        "{year}年的一项学时因弄虚作假于{on}冲销",
        "An entry of {year} was reversed for falsification on {on}",
    ),
    "integrity_record": (
        "有{on}记入的诚信记录（区划{division}）",
        "There is an integrity record entered on {on} (division {division})",
    ),
    "attested_met": (
        "{year}年：主管部门已出具符合要求的证明（{on}，{basis}）",
        "{year}: an authority attested that the requirement was met ({on}; {basis})",
    ),
    "attested_not_met": (
        "{year}年：主管部门已出具不符合要求的证明（{on}，{basis}）",
        "{year}: an authority attested that the requirement was not met ({on}; {basis})",
    ),
    "window_closed": (
        "{name}的材料接收截至{closed_year}年{month}月，询问时已过",
        "{name} received applications until {closed_year}-{month:02}: that was over when this was asked",
    ),
    "division_renamed": (
        "区划代码{former}已停用，按{name}（{code}）答复",
        "Division code {former} is no longer in use: answered for {code} ({name})",
    ),
}

REMEDIES: Final[Texts] = {
    "row": ("{year}年再学{total}学时：{parts}", "{year}: {total} more hours: {parts}"),
    "cumulative_row": (
        "在{year}年底前累计再学{total}学时：{parts}",
        "By the end of {year}, {total} more hours in all: {parts}",
    ),
    "general_public": ("一般公需{hours}学时", "{hours} general public"),
    "public": ("公需{hours}学时", "{hours} public"),
    "specialty": ("专业{hours}学时", "{hours} specialty"),
    "any": ("任何科目{hours}学时", "{hours} in any subject"),
    "comma": ("、", ", "),
    "impossible": (
        "任期内只有{years}个年度，不足规定的{required}年，补学时不能弥补",
        "The tenure has only {years} of the {required} years required: no hours can mend that",
    ),
}

COMPARISONS: Final[Texts] = {
    "met": (
        "仅供参考：按{document}对照，学时达到",
        "For information only: compared with {document}, the hours suffice",
    ),
    "not_met": (
        "仅供参考：按{document}对照，学时不足",
        "For information only: compared with {document}, the hours fall short",
    ),
}
