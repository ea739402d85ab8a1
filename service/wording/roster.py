"""The words about rosters: faults of a file, a header and a row that no other door has, and rows that were skipped."""

from typing import Final

from service.wording import Texts

ROSTER: Final[Texts] = {
    # the file
    "file_too_large": ("文件超过 {most} MB，请拆分后再上传。", "The file is above {most} MB; split it."),
    "file_empty": ("文件是空的。", "The file is empty."),
    "file_damaged": (
        "文件已损坏或不完整，请重新导出或重新上传。",
        "The file is damaged or cut short; export it or send it again.",
    ),
    "file_encrypted": (
        "文件设有打开密码，请取消密码后再上传。",
        "The file is protected by a password; remove it and send the file again.",
    ),
    "file_is_xls": (
        "这是旧版 .xls 文件，请另存为 .xlsx 后再上传。",
        "This is an old .xls workbook; save it as .xlsx.",
    ),
    "file_is_web_page": (
        "这是网页或 XML 文件（有些系统导出的 .xls 其实是网页），请用表格软件打开并另存为 .xlsx。",
        "This is a web page or XML under a workbook's name; open it in a spreadsheet program and save it as .xlsx.",
    ),
    "file_is_other": (
        "这是 {kind} 文件，不是名册。名册应为 .xlsx 或 CSV。",
        "This is a {kind} file, not a roster: send .xlsx or CSV.",
    ),
    "zip_bomb": (
        "文件解压后异常地大，拒绝读取。请只保留名册内容，另存为新的 .xlsx。",
        "Unpacked, the file is unreasonably large. Keep only the roster and save it as a new .xlsx.",
    ),
    "sheet_too_large": (
        "工作表“{sheet}”的范围超过 {most} 个单元格。请删除远处的多余内容，或拆分文件。",
        "Sheet “{sheet}” spans more than {most} cells. Delete what stands far off, or split the file.",
    ),
    "workbook_unusual": (
        "工作簿的写法不常见，无法可靠读取。请用 Excel 或 WPS 打开并另存为 .xlsx。",
        "The workbook is written in an unusual way; open it in a spreadsheet program and save it as .xlsx.",
    ),
    "formulas_without_values": (
        "太多单元格的公式没有结果。请用表格软件打开、重新计算并保存。",
        "Too many formulas have no result; open the file, let it calculate and save it.",
    ),
    "encoding_unknown": (
        "无法识别文字编码，请另存为 UTF-8 或 GB18030 编码的 CSV，或 .xlsx。",
        "The text is neither UTF-8 nor GB18030; save it as one of them, or as .xlsx.",
    ),
    "nul_in_text": (
        "第 {line} 行附近含有空字符，这不是文本文件，或已损坏。",
        "There is a NUL character near line {line}: this is no text file, or it is damaged.",
    ),
    "row_unreadable": (
        "第 {line} 行读不出来：引号不成对，或单元格过长。",
        "Row {line} can't be read: quotes don't match, or a cell is too long.",
    ),
    "no_header": (
        "前 {rows} 行里找不到表头。表头应含有：{headers}。",
        "There is no header in the first {rows} rows. It should hold: {headers}.",
    ),
    "several_rosters": (
        "有多张工作表含有名册：{sheets}。请每次只提交一张，其余删除或隐藏。",
        "Several sheets hold a roster: {sheets}. Send one at a time; delete or hide the others.",
    ),
    "too_many_columns": (
        "表格有 {columns} 列，最多 {most} 列。请删除多余的列。",
        "The sheet has {columns} columns; at most {most} are read. Delete those not needed.",
    ),
    "no_sheet": (
        "没有这个格式要的工作表（{wanted}），只有：{sheets}。",
        "The layout's sheet ({wanted}) isn't there, only: {sheets}.",
    ),
    "file_not_json_lines": (
        "这个格式要的是 JSON Lines：UTF-8 文本，一行一条，以 {{ 开头。",
        "This layout is JSON lines: UTF-8 text with one statement a line, each beginning with {{.",
    ),
    "not_a_sheet": (
        "这个格式不是表格，没有可下载的表。",
        "This layout isn't a sheet; there is none to download.",
    ),
    "too_many_rows": (
        "超过 {most} 行，一张表放不下，请拆分文件。",
        "More than {most} rows don't fit a sheet; split the file.",
    ),
    "no_rows": ("表头下面没有数据。", "There are no rows below the header."),
    # the header
    "missing_column": ("缺少“{header}”这一列。", "The column “{header}” is missing."),
    "unknown_column": (
        "不认识列名“{header}”。不属于名册的列请删除。",
        "The column “{header}” isn't known; delete columns that don't belong to a roster.",
    ),
    "duplicate_column": (
        "“{header}”与“{first}”是同一项内容，只能有一列。",
        "“{header}” and “{first}” are the same thing; only one column may hold it.",
    ),
    # cells
    "value_without_header": (
        "这一格在没有列名的列里。请给这一列加上列名，或删除内容。",
        "This cell is in a column without a header; name the column or empty the cell.",
    ),
    "formula_error": ("公式结果是错误值。", "The formula's result is an error."),
    "formula_without_value": (
        "公式没有保存结果。请用表格软件打开、保存后再上传，或粘贴为数值。",
        "The formula has no stored result; open and save the file, or paste values.",
    ),
    "merged_cell": (
        "这一格被合并了，每一行都要自己填写。请取消合并并逐行填写。",
        "This cell is part of a merged area; unmerge it and fill every row.",
    ),
    "number_not_text": (
        "这里应是文字，却是一个数字。",
        "This should be words but is a number.",
    ),
    "numeric_text_damaged": (
        "这一格被存成了数字，超过15位或带小数，原来的写法已丢失。请设为文本格式后重新填写。",
        "This was stored as a number and has lost how it was written; format the cell as text and type it again.",
    ),
    "cell_became_date": (
        "这一格被表格软件变成了日期。请设为文本格式后重新填写。",
        "The spreadsheet turned this into a date; format the cell as text and type it again.",
    ),
    "cell_is_boolean": ("这一格是逻辑值（TRUE/FALSE）。", "This cell is TRUE or FALSE."),
    "unknown_id_type": (
        "不认识证件类型“{value}”，可填：{choices}。",
        "The document type “{value}” isn't known; use one of: {choices}.",
    ),
    "invalid_year": (
        "年度应为四位年份，如 2023。",
        "The year has four digits, such as 2023.",
    ),
    "cell_is_nested": (
        "这里应是一个值，却是列表或对象。",
        "This should be a single value but is a list or an object.",
    ),
    # rows
    "line_not_json": (
        "这一行不是 JSON 对象。",
        "This line is no JSON object.",
    ),
    "withdraws_nothing": (
        "这一行要撤回一条记录，却没有写明是哪一条。",
        "This line takes a statement back but doesn't say which.",
    ),
    "no_hours": (
        "这一行没有学时，至少要有一列大于0。",
        "This row has no hours; at least one column must be above 0.",
    ),
    "duplicate_row": (
        "与第 {first} 行重复（同一证书编号，或同一人、同一课程、同一年度）。不是重复的，请填写各自的证书编号和课程编号。",
        "This repeats line {first} (same certificate, or same person, course and year). If it doesn't, give each its own "
        "certificate and course number.",
    ),
    "taken_back": (
        "这条学时已由主管部门撤销，或因材料虚假被冲销，不能用导入恢复。",
        "An authority took these hours back, or they were falsified; an import cannot bring them back.",
    ),
    "reference_conflict": (
        "这一行以前登记过，但内容不同：{fields}。要更正，请先冲销原条目。",
        "This row was registered before with other content: {fields}. To correct it, reverse the entry first.",
    ),
    "duplicate_entry": (
        "此人此课程本年度的学时已登记（条目 {existing_entry_id}）。",
        "This person's hours for this course and year are registered already (entry {existing_entry_id}).",
    ),
    "name_mismatch": (
        "此证件号码登记在另一个姓名之下，请核对姓名与证件号码。",
        "This identity number is on file under another name; check name and number.",
    ),
    "forbidden_division": (
        "这个区划不在本机构的范围内。",
        "This division is outside those of the provider.",
    ),
    "entry_refused": ("这一行不能登记（{reason}）。", "This row can't be registered ({reason})."),
    "did_you_mean": ("是“{suggestion}”吗？", " Did you mean “{suggestion}”?"),
}

CELLS: Final[Texts] = {
    "required": ("必填，这一格是空的。", "This is required, and the cell is empty."),
    "control_characters": (
        "这一格里有换行或看不见的控制字符，请删除。",
        "This cell holds a line break or control characters; remove them.",
    ),
    "id_number_numeric": (
        "证件号码被存成了数字：表格软件只保留15位，后几位已丢失，无法还原。请设为文本格式，按证件重新填写。",
        "The identity number was stored as a number: spreadsheets keep 15 digits, the rest is lost and can't be restored. "
        "Format the cell as text and type it again from the document.",
    ),
    "unknown_subject": (
        "不认识科目“{value}”，可填：{choices}。",
        "The subject “{value}” isn't known; use one of: {choices}.",
    ),
    "unknown_division": (
        "不认识区划代码“{value}”，应为浙江省内的六位代码（GB/T 2260）。",
        "The division code “{value}” isn't known; it has six digits and is in Zhejiang (GB/T 2260).",
    ),
    "invalid_hours": (
        "学时应为半角数字，如 72 或 12.5，不带单位。",
        "Hours are plain digits such as 72 or 12.5, without a unit.",
    ),
    "invalid_day": (
        "不是存在的日期，或写法不认识。可写：{forms}，或表格的日期格式。",
        "This is no day that exists, or not in a form we read: {forms}, or a date cell.",
    ),
}
"""Faults that every door has, in the words for a roster's cell."""

SKIPPED: Final[Texts] = {
    "example_row": ("示例行，未登记。", "An example row; not registered."),
    "note_row": ("说明行，未登记。", "A row of notes; not registered."),
    "total_row": ("合计行，未登记。", "A row of sums; not registered."),
    "repeated_header": ("重复的表头，未登记。", "The header once more; not registered."),
    "repeated_row": (
        "与第 {first} 行是同一学时，只算一次。",
        "The same hours as line {first}; they count once.",
    ),
    "other_statement": ("不是完成学习的记录，未登记。", "Not a statement of completion; not registered."),
    "nothing_to_withdraw": (
        "要撤回的记录“{reference}”没有登记过，无须撤回。",
        "The statement “{reference}” was never registered; there is nothing to take back.",
    ),
    "not_passed": ("没有通过，未登记。", "Not passed; not registered."),
    "sheet_not_wanted": (
        "工作表“{sheet}”不是这个格式要读的，未读取。",
        "Sheet “{sheet}” isn't the one this layout reads; nothing of it was read.",
    ),
    "sheet_without_header": (
        "工作表“{sheet}”里没有表头，整张未读取。",
        "Sheet “{sheet}” has no header; nothing of it was read.",
    ),
}

FAULTS_CSV_HEADER: Final = (
    ("行号", "列名", "代码", "说明", "填写的内容", "应填", "是否应为"),
    ("line", "column", "code", "detail", "value", "expected", "suggestion"),
)
