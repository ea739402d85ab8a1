"""The words about rosters that are no faults: what was expected, what was done unasked, and what stands in a template
and in a marked workbook."""

from typing import Final

from service.wording import Texts

EXPECTED: Final[Texts] = {
    "id_type": ("{choices}", "{choices}"),
    "id_number": (
        "18位：17位数字加一位校验码（数字或X），文本格式",
        "18 characters: 17 digits and a check character (a digit or X), as text",
    ),
    "name": ("证件上的姓名，文字", "the name on the document, as text"),
    "division_code": (
        "浙江省内的六位区划代码（GB/T 2260），如 331100",
        "a six-digit division code in Zhejiang (GB/T 2260), such as 331100",
    ),
    "credit_year": (
        "四位年份，如 2023；为完成日期的年份或其上一年",
        "four digits, such as 2023; the year of completion or the one before it",
    ),
    "subject": ("{choices}", "{choices}"),
    "hours": (
        "大于0的半角数字，最多一位小数，如 72 或 12.5，不带单位",
        "plain digits above 0 with one decimal at most, such as 72 or 12.5, without a unit",
    ),
    "series": ("文字，最多100字", "text, at most 100 characters"),
    "course_code": ("文字，最多100字", "text, at most 100 characters"),
    "course_title": ("文字，最多300字", "text, at most 300 characters"),
    "completed_on": (
        "存在的、不在将来的日期：{forms}，或表格的日期格式",
        "a day that exists and has come: {forms}, or a date cell",
    ),
    "certificate_no": (
        "文字，最多100字，每条学时各不相同",
        "text, at most 100 characters, another one for each entry",
    ),
    "external_ref": (
        "文字，最多200字，每行各不相同",
        "text, at most 200 characters, another one for each row",
    ),
}
"""What a field expects, by field."""

NOTES: Final[Texts] = {
    "text_read": (
        "按{encoding}编码、以{delimiter}分隔读取。",
        "Read as {encoding}, separated by {delimiter}.",
    ),
    "sheet_read": (
        "读取的工作表是“{sheet}”，表头在第 {line} 行。",
        "The sheet read is “{sheet}”; its header is line {line}.",
    ),
    "header_found": ("表头在第 {line} 行。", "The header is line {line}."),
    "two_header_rows": (
        "第 {first} 行和第 {line} 行合起来是表头。",
        "Lines {first} and {line} together are the header.",
    ),
    "hidden_rows_read": (
        "有 {count} 行是隐藏的（第 {lines} 行），照样读取：筛选只影响显示。不要登记的行，请删除。",
        "{count} rows are hidden (lines {lines}) and were read all the same: a filter changes only what is shown. "
        "Delete rows that aren't to be registered.",
    ),
    "hidden_columns_read": (
        "有隐藏的列（{columns}），照样读取。",
        "Some columns are hidden ({columns}) and were read all the same.",
    ),
    "hidden_sheets_left": (
        "隐藏的工作表没有读取：{sheets}。",
        "Hidden sheets were not read: {sheets}.",
    ),
    "formulas_read": (
        "有 {count} 个单元格是公式，读取的是保存的结果。",
        "{count} cells are formulas; their stored results were read.",
    ),
    "days_of_1904": (
        "工作簿的日期从1904年算起，已按此读取。",
        "The workbook counts days from 1904 and was read so.",
    ),
    "serials_read": (
        "“{column}”列里有以数字表示的日期（如 {value}），已按表格的日期序号读取。",
        "Column “{column}” holds days as numbers (such as {value}); they were read as a spreadsheet counts days.",
    ),
    "cells_tidied": (
        "“{column}”列里有多余的撇号、空格、不可见字符或全角字符，已去掉或改为半角再读取。",
        "Column “{column}” holds apostrophes, blanks, invisible or full-width characters; it was read without them.",
    ),
    "several_entries": (
        "一行可以是几条学时：{lines} 行共 {entries} 条，行数按条计。",
        "A row may be several entries: {lines} rows are {entries} entries, and entries are what is counted.",
    ),
    "entries_taken_back": (
        "按文件中的撤回记录，冲销了 {count} 条学时。",
        "{count} entries were reversed because the file takes them back.",
    ),
    "more_skipped": (
        "另有 {count} 行跳过的没有列出。",
        "{count} more rows that were passed over are not listed.",
    ),
}
"""What was done with a file that its sender may not expect."""

MARKED: Final[Texts] = {
    "column": ("需要更正", "To be corrected"),
    "of_column": ("{column}：{detail}", "{column}: {detail}"),
    "more": (
        "另有 {more} 处错误没有标出，改正这些以后再提交一次。",
        "{more} more faults are not marked; correct these and send the sheet again.",
    ),
}
"""The words of a sheet that goes back to its sender. The reader passes over a column headed by ``column``."""

TEMPLATE: Final[Texts] = {
    "sheet": ("名册", "Roster"),
    "notes": ("填写说明", "Notes"),
    "column": ("列", "Column"),
    "needed": ("必填", "Required"),
    "rule": ("怎样填", "What to fill in"),
    "other_names": ("也认这些列名", "Other names of the column"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "example": ("示例", "示例"),
    "intro": (
        "只填第一张表；带*的列必填；示例行不会登记，可以不删；不要合并单元格；证件号码保持文本格式。",
        "Fill in the first sheet only. Columns with * are required. The example row is not registered and may stay. "
        "Merge no cells; leave identity numbers as text.",
    ),
    "guessed": (
        "以下是我们的推测，以实际导出的文件为准：",
        "What follows is our guess; a real export settles it:",
    ),
    "several_needed": ("至少填一列学时。", "Fill in at least one column of hours."),
}
"""The words of a template. The example's mark is the same in both languages: the reader knows it by it."""
