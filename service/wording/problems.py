"""The words for a problem, by code: its title, what this one means, and what the caller can do about it."""

from typing import Final

from service.wording import Texts

TITLES: Final[Texts] = {
    "invalid_request": ("请求内容有误", "The request has faults"),
    "unknown_division": ("不认识的区划代码", "Unknown division code"),
    "not_json": ("请求体不是 JSON", "The body isn't JSON"),
    "bad_request": ("请求无法理解", "The request can't be understood"),
    "unauthenticated": ("需要有效的密钥", "A valid key is needed"),
    "sign_in_failed": ("没有登录成功", "You are not signed in"),
    "forbidden_role": ("此角色无权这样做", "This role may not do this"),
    "form_expired": ("页面已失效", "The page has expired"),
    "forbidden_division": ("不在你的区划范围内", "Outside your divisions"),
    "forbidden_withdrawal": ("只有记入者可以撤回", "Only who recorded it may withdraw it"),
    "forbidden_series": ("由其他部门认定", "Another authority recognises these hours"),
    "not_found": ("没有找到", "Not found"),
    "method_not_allowed": ("不支持的方法", "Method not allowed"),
    "payload_too_large": ("请求体太大", "The body is too large"),
    "not_acceptable": ("没有这种格式", "Not offered in that form"),
    "unsupported_media_type": ("不支持的内容类型", "Unsupported content type"),
    "reference_conflict": ("此编号已用于别的内容", "This reference was used for other content"),
    "duplicate_entry": ("课程学时重复", "These course hours were already credited"),
    "name_mismatch": ("姓名与证件号码不符", "The name doesn't match the identity number"),
    "already_reversed": ("已经冲销", "Already reversed"),
    "already_withdrawn": ("已经撤回", "Already withdrawn"),
    "already_decided": ("已有认定结果", "Already decided on"),
    "decided_meanwhile": ("其间已有新的处理", "Something was decided meanwhile"),
    "import_built_on": ("导入之后已有新的处理", "Something was decided on the import since"),
    "atomic_batch_refused": ("整批未处理", "The whole batch was refused"),
    "dispute_open": ("此条学时已有未办结的异议", "The entry has a dispute already"),
    "dispute_answered": ("异议已答复", "The dispute was answered already"),
    "dispute_closed": ("异议已办结", "The dispute is closed"),
    "retention_not_over": ("保管期限未满", "The term of retention isn't over"),
    "already_erased": ("姓名和证件号码已经删除", "Name and number were erased already"),
    "too_many_requests": ("请求过于频繁", "Too many requests"),
    "mistyped_code": ("核验码有误", "The code is mistyped"),
    "person_erased": ("姓名和证件号码已删除", "Name and number were erased"),
    "unprintable_name": ("姓名中有无法打印的字", "The name can't be printed"),
    "no_signing_key": ("未配置签名密钥", "No signing key is set"),
    "internal_error": ("服务内部出错", "The service failed"),
    "unavailable": ("服务暂时不可用", "Temporarily unavailable"),
}

DETAILS: Final[Texts] = {
    "invalid_request": (
        "请求中有字段不符合要求，全部列在 errors 中，没有登记任何内容。",
        "Some fields aren't as they must be; all of them are listed in errors. Nothing was stored.",
    ),
    "unknown_division": (
        "区划代码不是本服务认识的浙江省代码，没有登记任何内容。",
        "The division code is none that the service knows. Nothing was stored.",
    ),
    "not_json": (
        "请求体应为 UTF-8 编码的 JSON。",
        "The body must be JSON in UTF-8.",
    ),
    "bad_request": (
        "请求不符合 HTTP 的要求，或上传的表单残缺。",
        "The request breaks the rules of HTTP, or an uploaded form is incomplete.",
    ),
    "unauthenticated": (
        "请求没有带密钥，或密钥无效、已过期、已撤销。",
        "The request carries no key, or the key is unknown, expired or revoked.",
    ),
    "sign_in_failed": (
        "无法确认你是谁：密钥无效、已过期或已撤销，或统一身份认证没有给出可用的身份信息。",
        "Who you are could not be confirmed: the key isn't valid, or the identity provider gave nothing to go by.",
    ),
    "form_expired": (
        "这张表单不是从当前登录的页面发出的，没有保存任何内容。",
        "The form doesn't come from a page of this sign-in. Nothing was stored.",
    ),
    "forbidden_role": (
        "密钥有效，但其角色不能使用此接口。",
        "The key is valid, but its role may not use this operation.",
    ),
    "forbidden_division": (
        "密钥有效，但请求涉及的区划不在其范围内。",
        "The key is valid, but the request concerns a division outside those of the key.",
    ),
    "forbidden_withdrawal": (
        "这项记录由另一个部门记入，只有记入者和管理员可以撤回。",
        "Another authority recorded this: only that one and an administrator may withdraw it.",
    ),
    "forbidden_series": (
        "这些学时由 recognising_authority 所写的部门认定；为 null 时，通知没有写明由谁认定。",
        "recognising_authority says who recognises these hours; null: the notice names nobody.",
    ),
    "not_found": (
        "这里没有这样的内容，或者它不属于你。",
        "There is nothing here, or it isn't yours to see.",
    ),
    "method_not_allowed": (
        "此地址不支持这种 HTTP 方法，可用的方法见 Allow 头。",
        "This address doesn't support the HTTP method; the Allow header names those it does.",
    ),
    "payload_too_large": (
        "请求体超过了大小限制。",
        "The body is larger than the limit.",
    ),
    "not_acceptable": (
        "这里不提供 Accept 所要的格式；提供哪些，见接口说明。",
        "Nothing that Accept asks for is offered here; the documentation says what is.",
    ),
    "unsupported_media_type": (
        "此接口只接受说明中的内容类型，且不压缩。",
        "This operation takes only the content type it documents, not compressed.",
    ),
    "reference_conflict": (
        "此 external_ref 已登记过别的内容，不同的字段列在 fields 中。",
        "This external_ref is already registered with other content; fields names what differs.",
    ),
    "duplicate_entry": (
        "同一机构、同一课程、同一人、同一年度的学时已经登记，见 existing_entry_id。",
        "Hours of the same provider, course, person and year are registered already: see existing_entry_id.",
    ),
    "name_mismatch": (
        "此证件号码登记在另一个姓名之下。",
        "This identity number is on file under another name.",
    ),
    "already_withdrawn": (
        "此条已被撤回，不能再次撤回。",
        "It has been withdrawn already; it can't be withdrawn again.",
    ),
    "already_reversed": (
        "已经冲销过：不能再次冲销，也不能再认定。",
        "It has been reversed already; it can be neither reversed again nor recognised.",
    ),
    "already_decided": (
        "这条学时已由主管部门认定或驳回，本人不能再撤回。",
        "An authority recognised or rejected these hours, so the person can no longer take them back.",
    ),
    "decided_meanwhile": (
        "你看到这条学时之后，已有人作出新的决定，你的决定没有记入。",
        "Somebody decided on the entry after you saw it, so your decision was not recorded.",
    ),
    "import_built_on": (
        "这次导入的学时之后有的被认定、驳回或冲销，因此一条也没有撤销。entries 列出前 100 条，entries_total 是总数。",
        "Some entries of this import were recognised, rejected or reversed since, so nothing was undone: entries "
        "names the first 100, entries_total how many there are.",
    ),
    "atomic_batch_refused": (
        "批次要求全有或全无，而其中有条目被拒绝，因此一条也没有保存。",
        "The batch was all or none and something in it was refused, so nothing of it was stored.",
    ),
    "dispute_open": (
        "同一条学时同时只能有一项未办结的异议，见 existing_dispute_id。",
        "An entry has one dispute at a time that isn't closed: see existing_dispute_id.",
    ),
    "dispute_answered": (
        "每项异议只答复一次，双方的话都原样保留。",
        "A dispute is answered once; what both sides said stays as it is.",
    ),
    "dispute_closed": (
        "此项异议已经办结，不能再答复或办结。",
        "The dispute has ended; it can't be answered or closed again.",
    ),
    "retention_not_over": (
        "学时记录的保管期限未满，姓名和证件号码还不能删除，可删除的日期见 erasable_on。",
        "The term for which the record is kept isn't over, so name and number can't be erased yet: see erasable_on.",
    ),
    "already_erased": (
        "此人的姓名和证件号码此前已删除，不能再次删除。",
        "This person's name and number have been erased before.",
    ),
    "too_many_requests": (
        "同一地址的尝试太多了，请过一分钟再试。",
        "Too many attempts from one address: try again in a minute.",
    ),
    "mistyped_code": (
        "这不是一个核验码：有字符抄错、换位或遗漏。没有查询任何证明。",
        "This is no code of a certificate: a character is wrong, missing or exchanged. Nothing was looked up.",
    ),
    "person_erased": (
        "此人的姓名和证件号码已按规定删除，不能再为其出具证明。",
        "The person's name and number were erased: no certificate can be issued any more.",
    ),
    "unprintable_name": (
        "姓名中有字库没有的字符（见 characters），没有出具证明：姓名印错或印成方框的证明没有用处。",
        "The typeface lacks characters of the name (see characters). No certificate was issued: a box is no name.",
    ),
    "no_signing_key": (
        "本服务没有签名密钥，不能出具学时证明。",
        "The service has no signing key: it issues no certificates.",
    ),
    "internal_error": (
        "出现了未预料的错误，已记录。可凭 request_id 询问。",
        "Something unforeseen went wrong and was recorded. Ask about it with the request_id.",
    ),
    "unavailable": (
        "数据库暂时无法使用，没有登记任何内容。请稍后原样重试。",
        "The database can't be reached. Nothing was stored; send the same again a little later.",
    ),
}

ADVICE: Final[Texts] = {
    "invalid_request": (
        "按 errors 中每一项的 pointer（JSON 指针）改正后重新发送。同一请求的所有错误一次列全。",
        "Mend what each JSON pointer in errors names and send again. All faults are listed at once.",
    ),
    "unknown_division": (
        "使用 GB/T 2260 六位代码，如 331100（丽水市）。可用的代码见 GET /v1/policies 及各市县代码表。",
        "Use a six-digit GB/T 2260 code of Zhejiang, such as 331100 (Lishui).",
    ),
    "not_json": (
        "检查请求体：UTF-8、没有 BOM、没有 NaN、没有多余的逗号。",
        "Check the body: UTF-8, no byte order mark, no NaN, no trailing comma.",
    ),
    "bad_request": (
        "检查请求头与表单的分隔符，完整地重新发送。",
        "Check the headers and the form's boundary, and send the whole request again.",
    ),
    "unauthenticated": (
        "在 Authorization 头中发送 Bearer 和密钥。密钥由管理员发放，只显示一次。",
        "Send Authorization: Bearer and your key. Administrators issue keys; each is shown once.",
    ),
    "sign_in_failed": (
        "核对密钥，或重新从统一身份认证登录；仍不行时请联系管理员。",
        "Check the key, or sign in again by the identity provider; if that doesn't help, ask an administrator.",
    ),
    "form_expired": (
        "返回上一页，刷新后重新填写并提交。",
        "Go back, reload the page and send the form again.",
    ),
    "forbidden_role": (
        "接口说明（/docs）写明了每个接口允许的角色。如需另一角色，请向管理员申请另一把密钥。",
        "The documentation (/docs) says which roles may use what. Ask an administrator for such a key.",
    ),
    "forbidden_division": (
        "核对 division_code。上级代码包含下级：331100 包含 331181。如需扩大范围，请联系管理员。",
        "Check division_code. A code covers those below it: 331100 covers 331181.",
    ),
    "forbidden_withdrawal": (
        "请联系记入这项记录的部门。",
        "Ask the authority that recorded it.",
    ),
    "forbidden_series": (
        "请交由所写的部门认定；各系列的主管部门见 GET /v1/authorities。如应由你认定，请管理员核对密钥的系列。",
        "Leave it to that authority; GET /v1/authorities lists them. If it is yours, ask an administrator to check the series of your key.",
    ),
    "not_found": (
        "核对地址与编号。别的机构的条目对你来说不存在。",
        "Check the address and the id. Entries of another provider don't exist for you.",
    ),
    "method_not_allowed": (
        "学时只增不改：没有 PUT、PATCH、DELETE。要更正，请冲销后重新登记。",
        "There is no PUT, PATCH or DELETE: to correct an entry, reverse it and register it anew.",
    ),
    "payload_too_large": (
        "把批次分成更小的几份：每批最多 1000 条；名册文件最大 16 MB，更大的用命令行导入。",
        "Send smaller parts: 1,000 items a batch; rosters up to 16 MB, larger ones by the command line.",
    ),
    "not_acceptable": (
        "按提供的格式填写 Accept，或不写。",
        "Name one of the offered types in Accept, or leave it out.",
    ),
    "unsupported_media_type": (
        "JSON 接口请发送 Content-Type: application/json；名册上传请用 multipart/form-data。",
        "Send Content-Type: application/json, or multipart/form-data for a roster.",
    ),
    "reference_conflict": (
        "重发时内容必须与第一次完全相同。要更正，请冲销原条目，再用新的 external_ref 登记。",
        "A repeat must have the first one's content. To correct it, reverse the entry; use a new reference.",
    ),
    "duplicate_entry": (
        "如果原条目有误，先冲销它；如果是另一门课程，请给出各自的课程编号。",
        "If the earlier entry is wrong, reverse it first; if this is another course, give its own code.",
    ),
    "name_mismatch": (
        "核对姓名与证件号码。登记的姓名不会因此改变；如果登记的有误，请联系主管部门。",
        "Check name and number. If what is on file is wrong, ask the competent authority.",
    ),
    "already_withdrawn": (
        "不需要再做什么：以后的答复中已不再出现此条。",
        "Nothing more is needed: later answers no longer show it.",
    ),
    "already_reversed": (
        "不需要再做什么：合计中已不含这些学时。",
        "Nothing more is needed: the totals no longer hold these hours.",
    ),
    "already_decided": (
        "如认为结果有误，可对这条学时提出异议。",
        "If the decision is wrong, open a dispute of the entry.",
    ),
    "decided_meanwhile": (
        "请先查看现在的结果；仍要更改，就在此之上作出新的决定。",
        "Look at how the entry stands now; to change it still, decide on top of that.",
    ),
    "import_built_on": (
        "请逐条冲销其余学时；或先与作出决定的部门沟通。",
        "Reverse the other entries one by one, or speak with the authority that decided first.",
    ),
    "atomic_batch_refused": (
        "在 results 中找到被拒绝的条目，改正后重发整批；或去掉 atomic=true，让其余条目先登记。",
        "Find the refused items in results, mend them and send the batch again; or leave out atomic=true.",
    ),
    "dispute_open": (
        "读取现有的异议；办结之后如仍有不同意见，可再次提出。",
        "Read the one there is. When it is closed, another can be opened.",
    ),
    "dispute_answered": (
        "如需补充，请由主管部门在办结时写明。",
        "What is to be added is said by the authority when it closes the dispute.",
    ),
    "dispute_closed": (
        "如有新的情况，请就同一条学时重新提出异议。",
        "If there is something new, open another dispute of the entry.",
    ),
    "retention_not_over": (
        "到 erasable_on 那一天再提出。期限自此人最后一条记录起算，由设置 RETENTION_YEARS 规定。",
        "Ask again on erasable_on. The term runs from the person's last fact; RETENTION_YEARS sets it.",
    ),
    "already_erased": (
        "不需要再做什么：账本中已没有此人的姓名和证件号码。",
        "Nothing more is needed: the ledger no longer holds this person's name and number.",
    ),
    "too_many_requests": (
        "按 Retry-After 所写的秒数等待后再试。",
        "Wait for the seconds that Retry-After names.",
    ),
    "mistyped_code": (
        "对照证明重新输入，或扫描二维码。核验码有16个字符，不用 I、L、O、U。",
        "Compare it with the paper, or scan the QR code. A code has 16 characters, none of them I, L, O or U.",
    ),
    "person_erased": (
        "不需要再做什么。以前出具的证明仍可核验学时，只是不再显示姓名和证件号码。",
        "Nothing can be done. Earlier certificates still verify, without the masked name and number.",
    ),
    "unprintable_name": (
        "核对姓名是否登记有误；确为生僻字的，请联系我们更新字库。",
        "See whether the name was registered rightly. If it was, tell us: a newer typeface is needed.",
    ),
    "no_signing_key": (
        "由运行本服务的人员设置 SIGNING_KEYS。",
        "Whoever runs the service sets SIGNING_KEYS.",
    ),
    "internal_error": (
        "可以原样重试：同一 external_ref 不会登记两次。仍然出错时，请把 request_id 告诉我们。",
        "Send the same again: nothing is registered twice. If the error stays, tell us the request_id.",
    ),
    "unavailable": (
        "按 Retry-After 头等待后原样重发；同一 external_ref 不会登记两次。",
        "Wait as Retry-After says and send the same again: an external_ref is never registered twice.",
    ),
}
