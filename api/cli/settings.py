"""``hours-ledger settings``: every environment variable the service reads."""

from collections.abc import Iterator
from typing import Final

import click

from api.cli.session import language, language_option
from service.settings import Settings
from service.wording import Language

CHINESE: Final = {
    "database_url": "数据库：`sqlite:///路径`；生产环境用 `postgresql+psycopg://用户:密码@主机/库名`。",
    "database_url_read": "上述 PostgreSQL 数据库的流复制备库，写法相同：询问在它已同步到的范围内由它读取，"
    "它落后或不应答时由 `DATABASE_URL` 读取。不填则全部从后者读取。",
    "identity_keys": "加密姓名和证件号码的密钥（AES-256-GCM）：`编号:BASE64[,编号:BASE64…]`，每把32字节。"
    "第一把用来加密，各把都能解密。用 SQLite 而没有给出时，在数据库文件旁生成一次；用 PostgreSQL 时必须给出。",
    "lookup_key": "按证件查找用的散列密钥（HMAC-SHA256），32字节的 base64。不能更换：换了就谁也找不到。"
    "与 `IDENTITY_KEYS` 同时给出，或都不给。",
    "signing_keys": "签署学时证明的密钥（Ed25519）：`编号:BASE64[,编号:BASE64…]`，每把为32字节的种子。第一把用来签署，"
    "各把签过的都能核验：旧的要留在列表中。用 SQLite 而没有给出时，在数据库文件旁生成一次；"
    "用 PostgreSQL 而没有给出时，不出具学时证明。",
    "session_hours": "网页登录多少小时后失效。",
    "trusted_proxies": "服务前面可信的反向代理层数：采信它们的 `X-Forwarded-For`、`-Proto`、`-Host`。",
    "oidc_issuer": "个人登录所用的 OpenID 提供方地址，其下有 `/.well-known/openid-configuration`。不填则没有这种登录。",
    "oidc_client_id": "我们在 OpenID 提供方的客户端编号。",
    "oidc_client_secret": "我们在那里的密钥；公开客户端没有（总是使用 PKCE）。",
    "oidc_scope": "登录时请求的范围。",
    "oidc_number_claim": "携带登录者证件号码的声明。",
    "oidc_name_claim": "携带登录者姓名的声明。",
    "oidc_client_claim": "工作人员的声明：其所在单位（培训机构、主管部门、管理方）的客户端名称。",
    "demo": "演示模式：虚构人员，密钥会打印出来。生产环境绝不要开。",
    "host": "监听的地址。",
    "port": "监听的端口。",
    "public_url": "外部访问本服务的地址，末尾不带斜杠：印在学时证明及其二维码上，也是统一身份认证返回的地址。不填则为 `http://HOST:PORT`。",
    "web_concurrency": "服务进程数。",
    "threads": "每个服务进程的线程数。",
    "pool_size": "每个进程为读取保留的数据库连接数；写入另有同样多，查询和单条登记另有一半。",
    "body_size_max": "请求体的最大字节数（导入除外）。",
    "import_size_max": "名册文件的最大字节数。",
    "evidence_dir": "个人登记学时所附佐证材料的目录，网页上试运行后等待提交的名册也在其中保存一小时；"
    "文件逐个加密，各进程共用。"
    "不给出时：用 SQLite 则在数据库文件旁（`路径.evidence/`），否则为 `var/evidence`。",
    "evidence_size_max": "每个佐证材料文件的最大字节数。",
    "retention_years": "此人最后一条记录之后多少年，才可以删除姓名和证件号码。"
    "30年是机关档案定期保管中较长的期限。",
    "log_level": "记录日志的最低级别。",
}
"""Setting → what it is; English stands with the settings themselves."""


@click.command()
@language_option
def settings() -> None:
    """List every setting with its default, as a Markdown table (全部设置).

    Values are not shown: some are secret.
    """
    for line in settings_table(language()):
        click.echo(line)


def settings_table(language: Language) -> Iterator[str]:
    """The README's table."""
    header = ("变量", "默认值", "说明") if language == "zh-CN" else ("Variable", "Default", "What it is")
    yield f"| {' | '.join(header)} |"
    yield "| --- | --- | --- |"
    for name, field in Settings.model_fields.items():
        default = "–" if field.default is None else f"`{_written(field.default)}`"
        about = CHINESE[name] if language == "zh-CN" else field.description
        yield f"| `{name.upper()}` | {default} | {about} |"


def _written(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
