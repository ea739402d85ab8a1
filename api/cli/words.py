"""The words of the command line, by code."""

from typing import Final

from service.wording import Texts

ELIGIBILITY: Final[Texts] = {
    "outcome": ("结论", "Outcome"),
    "route": ("途径", "Route"),
    "annual": ("逐年达标", "annual: every year meets it"),
    "cumulative": ("累计达标", "cumulative: the years together meet it"),
    "person": ("人员", "Person"),
    "unknown_person": ("{number}，账本中没有此人的学时", "{number}: the ledger has no hours of this person"),
    "policy": ("政策", "Policy"),
    "window": ("年度", "Years"),
    "window_years": ("{first_year}—{last_year}", "{first_year} to {last_year}"),
    "window_required": ("，规定 {required_years} 年", ", {required_years} required"),
    "moment": ("截至", "As of"),
    "ledger": ("账本", "Ledger"),
    "position": ("第 {position} 条，{head}", "position {position}, {head}"),
    "year": ("年度", "Year"),
    "total": ("总学时", "Total"),
    "public": ("公需", "Public"),
    "general_public": ("一般公需", "General"),
    "industry_public": ("行业公需", "Industry"),
    "specialty": ("专业", "Specialty"),
    "pending": ("待认定", "Pending"),
    "status": ("结果", "Result"),
    "met": ("达标", "met"),
    "not_met": ("不足", "not met"),
    "deemed": ("视同合格", "deemed"),
    "not_assessed": ("不评定", "not assessed"),
    "findings": ("依据", "Findings"),
    "advisories": ("提示", "Advisories"),
    "remedy": ("补学", "What it takes"),
    "pending_would_satisfy": (
        "登记的学时待认定，全部获得认定即符合要求",
        "the registered hours suffice once they are recognised",
    ),
    "comparison": ("对照", "Comparison"),
}

IMPORT: Final[Texts] = {
    "dry_run": ("试导入：什么也没有保存", "Dry run: nothing was stored"),
    "refused": (
        "整份未导入：改正后原样再导入即可",
        "Nothing was imported: mend the file and import it again",
    ),
    "partial": (
        "只导入了没有错误的行：改正其余各行后，可把整份再导入一次",
        "Only the sound rows were imported: mend the others and import the whole file again",
    ),
    "done": ("导入完成", "Imported"),
    "counts": (
        "共 {rows} 行：新登记 {created}，已有 {replayed}，拒绝 {refused}；错误 {faults_total} 处",
        "{rows} rows: {created} created, {replayed} replayed, {refused} refused; {faults_total} faults",
    ),
    "corrected": (
        "更正 {corrected} 条：原条目已冲销",
        "{corrected} corrected: what they replace is reversed",
    ),
    "reversed": (
        "按文件中的撤回记录，冲销了 {reversed} 条学时",
        "{reversed} entries were reversed because the file takes them back",
    ),
    "notes": ("读取情况", "How the file was read"),
    "marked": ("标出错误的表在 {place}", "The sheet with its faults marked is {place}"),
    "nothing_to_mark": ("没有错误，没有写出标错的表", "There are no faults; no marked sheet was written"),
    "skipped": ("跳过（不是学时）", "Skipped (no entries)"),
    "sheet": ("工作表", "sheet"),
    "line": ("行", "Line"),
    "column": ("列", "Column"),
    "code": ("代码", "Code"),
    "detail": ("说明", "What is wrong"),
    "more": ("另有 {more} 处错误没有列出", "{more} more faults are not listed"),
    "import_id": ("导入编号 {import_id}", "Import {import_id}"),
}

PROGRESS: Final[Texts] = {
    "rows": ("{rows} 行，每秒 {rate} 行", "{rows} rows, {rate} a second"),
    "left": ("，约剩 {left}", ", {left} left"),
}

WATCH: Final[Texts] = {
    "watching": ("正在监视 {folder}，按 Ctrl-C 结束", "Watching {folder}; Ctrl-C ends it"),
    "done": (
        "{name}：新登记 {created}，更正 {corrected}，已有 {replayed} → {place}",
        "{name}: {created} created, {corrected} corrected, {replayed} replayed → {place}",
    ),
    "refused": (
        "{name}：拒绝 {refused} 行，错误 {faults_total} 处 → {place}",
        "{name}: {refused} rows refused, {faults_total} faults → {place}",
    ),
    "later": ("{name}：{reason}，稍后重试", "{name}: {reason}; it is tried again later"),
    "busy": ("进程 {pid} 已在监视 {folder}", "process {pid} watches {folder} already"),
}

DEMO: Final[Texts] = {
    "title": ("学时账本：演示 Hours Ledger demo", "Hours Ledger: the demo"),
    "kept": (
        "数据在 {place}，密钥在 {keys}；再次运行，二者都保留。",
        "The data is in {place}, the keys are in {keys}; running this again keeps both.",
    ),
    "people": ("四个人，四种结果（虚构人员）", "Four people, four stories (all made up)"),
    "keys": ("密钥（仅供演示）", "Keys (for this demo only)"),
    "calls": ("试一试：复制任意一行", "Try it: copy any line"),
    "post": ("登记一条学时（重发不会重复登记）", "register hours (sent again, nothing is added)"),
    "ask": ("问丽水的那一位能否申报", "may the Lishui person declare?"),
    "evaluate": ("不用密钥，试算嘉兴的规则", "no key needed: try Jiaxing's rule"),
    "recognise": (
        "湖州：由主管部门认定那一位登记的学时（重发不会重复认定）",
        "Huzhou: the authority recognises what is registered (sent again, nothing is added)",
    ),
    "ask_again": (
        "再问湖州的那一位：认定以后可以申报",
        "and asks again: once recognised, the Huzhou person may declare",
    ),
    "look": ("在浏览器里看：", "To look at in a browser:"),
}

VERIFY: Final[Texts] = {
    "label": ("校验", "Verifying"),
    "sound": (
        "账本完好：哈希链、合计、状态全部一致",
        "The ledger is sound: chains, totals and states all agree",
    ),
    "rebuilt": ("已由账本重建 {count} 人的合计与状态", "Totals and states of {count} people made anew"),
    "gap": ("缺少此条，或次序不对", "this fact is missing or out of order"),
    "link": ("与上一条接不上", "it does not continue the fact before it"),
    "hash": ("内容与哈希不符：被改动过", "content and hash differ: it was changed"),
    "clock": ("记录时刻早于上一条", "it was recorded before its predecessor"),
    "history": ("在此之前的内容下，这一条不可能成立", "it cannot follow what stands before it"),
    "head": ("链头与最后一条不符", "the head is not that of the last fact"),
    "state": ("状态与账本不符", "the state is not what the facts say"),
    "total": ("合计与账本不符", "the totals are not what the facts say"),
    "reference": ("编号与账本不符", "the reference is not what the facts say"),
    "lonely_link": ("同一人的关联只记在一方", "the link stands in one of the two chains only"),
    "stored_head": (
        "与当时给出的链头不符：历史被重写过",
        "not the head that was given out: history was written anew",
    ),
    "no_chain": ("此人没有账本：整条链已不在", "this person has no chain: it is gone whole"),
    "no_person": ("这条链不属于任何人", "this chain is nobody's: the row of the person is gone"),
    "answer": (
        "结论中的账本位置和链头，与随结论留存的不符",
        "the answer's position and head are not those of the chains kept with it",
    ),
    "no_members": (
        "结论依据了账本，却没有留存所依据的链",
        "the answer was made from chains, and none is kept with it",
    ),
    "given_gone": (
        "留存了所依据的链，所给出的结论或证明却已不在",
        "the chain it was made from is kept, and the determination or certificate itself is gone",
    ),
    "text": (
        "政策文本与摘要不符：被改动过",
        "the policy's text is not the one of this digest: it was changed",
    ),
    "no_entry": (
        "佐证材料所属的条目不存在，或不是个人登记的",
        "evidence of an entry that isn't there or that nobody registered alone",
    ),
    "forgotten": (
        "佐证材料没有文件，而此人并未被删除",
        "the evidence has no file, and its person was not erased",
    ),
    "file_missing": ("佐证材料的文件不见了", "the file of the evidence is gone"),
    "file_changed": (
        "佐证材料的文件不是当时上传的：被改动过",
        "the file of the evidence is not the one that was sent: it was changed",
    ),
    "position": (
        "查询记录的位置超出此人的账本",
        "the record's position is beyond the end of the person's chain",
    ),
}

EVIDENCE: Final[Texts] = {
    "nothing": ("没有多余的文件", "No file is left over"),
    "left_over": ("{count} 个多余的文件", "{count} files left over"),
    "removed": ("已删除 {count} 个多余的文件", "{count} files that were left over were removed"),
}

CERTIFICATE: Final[Texts] = {
    "sound_file": (
        "文件完好，签名有效（密钥 {key_id}）。证明内容：",
        "The file is as it was issued, its signature is sound (key {key_id}). It attests:",
    ),
    "sound_claim": (
        "签名有效（密钥 {key_id}）。证明内容：",
        "The signature is sound (key {key_id}). It attests:",
    ),
    "form": (
        "没有完好的签名：不是学时证明，或者被改动过",
        "no intact signature: this is no certificate, or it was changed",
    ),
    "unknown_key": (
        "不认识签名的密钥 {key_id}：换用出具系统的公钥再试",
        "the key {key_id} that signed it is unknown: try the issuer's public keys",
    ),
    "signature": (
        "签名无效：被改动过，或不是密钥 {key_id} 所签",
        "the signature is wrong: changed, or not by key {key_id}",
    ),
    "content": ("文件被改动过：与签名不符", "the file was changed: it is not the one that was signed"),
    "code": ("核验码", "Code"),
    "name": ("姓名", "Name"),
    "number": ("证件号码", "Identity number"),
    "issued_on": ("出具日期", "Issued on"),
    "position": ("账本位置", "Position"),
    "scope": ("学习年度", "Credit year"),
    "hours": ("学时", "Hours"),
    "pair": ("已认定 {recognised}，仅登记 {pending}", "{recognised} recognised, {pending} registered"),
    "outcome": ("申报资格", "Eligibility"),
    "online": (
        "以上是出具当日的情况；至今是否仍然有效，请用核验码在线核验。",
        "That is how it stood on the day of issue. Whether it still holds is asked online, by the code.",
    ),
}

REPLAY: Final[Texts] = {
    "label": ("复算", "Replaying"),
    "same": ("{total} 项结论，复算全部相同", "{total} determinations: every answer is the same again"),
    "different": (
        "{total} 项结论，{different} 项复算不同",
        "{total} determinations: {different} come out otherwise",
    ),
    "tampered": (
        "{total} 项结论，{different} 项复算不同，另有 {tampered} 项结论相同而账本被改动过",
        "{total} determinations: {different} come out otherwise, and of {tampered} more the ledger was tampered with",
    ),
    "same_answer": ("结论仍相同", "the answer is the same"),
    "policy_file": ("政策文件已变", "the policy file changed"),
    "engine": ("规则引擎版本已变", "the engine's version changed"),
    "ledger": ("账本被改动过", "the ledger was tampered with"),
    "nothing": (
        "政策、引擎版本、账本都未变：留存的结论本身被改动过，或引擎改了而版本未改",
        "policy, engine version and ledger are the same: what is stored of it was changed, or the engine was without"
        " its version",
    ),
    "comma": ("，", ", "),
    "more": ("另有 {more} 处不同", "{more} more differences"),
}
