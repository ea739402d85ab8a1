"""A policy's rules in words, by the shape of the requirement."""

from typing import Final

from service.wording import Texts

RULE_GROUPS: Final[Texts] = {
    "scope": ("对谁适用", "To whom it applies"),
    "years": ("看哪些年份", "Which years are looked at"),
    "annual": ("每年要多少学时", "How many hours a year"),
    "cumulative": ("有年度不足时：按累计", "Where a year falls short: all years together"),
    "counting": ("哪些学时计入", "Which hours count"),
    "elsewhere": ("不按学时判定的", "What hours do not decide"),
}

RULES: Final[Texts] = {
    "scope": ("{purposes}；{levels}", "{purposes}; {levels}"),
    "by_reference": ("{purposes}：参照执行", "{purposes}: the rule applies by reference"),
    "every_year_since": (
        "{first}年起到申报当年，每年都要符合要求",
        "Every year from {first} to the declaration year must qualify",
    ),
    "every_year_last": (
        "申报当年及以前共{years}年（{levels}），每年都要符合要求",
        "Every one of the last {years} years, the declaration year included, must qualify ({levels})",
    ),
    "every_year": ("所看的年份每年都要符合要求", "Every year looked at must qualify"),
    "qualifying_years": (
        "现职称任期内（含申报当年）符合要求的年份，不少于申报这一职称规定的年限；可以不连续",
        "Within the tenure of the present title, the declaration year included, at least as many years qualify as "
        "the title requires; they need not follow each other",
    ),
    "consecutive_years": (
        "并且申报当年和以前共连续{count}年都要符合要求",
        "And the declaration year and the ones before it, {count} in a row, must all qualify",
    ),
    "deemed_years": (
        "{through}年及以前的学时视同合格",
        "Hours of {through} and before are deemed to qualify",
    ),
    "annual": ("每年{measure}不少于{hours}", "At least {hours} {measure} a year"),
    "cumulative": ("{years}年累计{measure}不少于{hours}", "At least {hours} {measure} in {years} years"),
    "registration": ("每年都要有学时登记", "Hours must be registered for every year"),
    "registered_counts": (
        "培训机构或主管部门登记的学时计入；个人自行登记的，认定后计入",
        "What a provider or an authority registered counts; what people register themselves counts once recognised",
    ),
    "recognised_counts": (
        "经主管部门认定的学时才计入，按认定数计",
        "Only what the competent authority has recognised counts, and as much as it recognised",
    ),
    "own_register": (
        "只看本市登记系统里的学时",
        "Only hours in this city's own register are looked at",
    ),
    "recognition": (
        "一般公需科目由{authority}认定；其他科目由各系列的主管部门认定",
        "{authority} recognises general public hours; other hours are recognised by the authority of the series",
    ),
    "feed": (
        "{name}的{subjects}学时到达即认定（{recogniser}）",
        "Hours of {subjects} from {name} are recognised on arrival ({recogniser})",
    ),
    "referral": (
        "由省级评审委员会评审的、以及下列系列，按{refer_to}的规定",
        "What a provincial committee reviews, and the series below, go by the rules of {refer_to}",
    ),
    "referral_all": (
        "由省级评审委员会评审的，按{refer_to}的规定",
        "What a provincial committee reviews goes by the rules of {refer_to}",
    ),
    "integrity_hold": (
        "诚信档案有记录的，自记入之日起{years}年内不在这里判定",
        "With an integrity record, nothing is decided here for {years} years from the day of its entry",
    ),
}
