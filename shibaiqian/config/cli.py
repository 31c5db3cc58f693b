"""The command line: `shibaiqian …`. Each command opens an actor's transaction or works as the owner, and says which."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click


def _django(role: str = "app") -> None:
    """Start Django with the database login of this role, on a server that is there and keeps what it acknowledged."""
    os.environ["SHIBAIQIAN_DATABASE_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
    _have_a_server(role)
    import django  # noqa: PLC0415 - settings are read here, after the role was chosen

    django.setup()


def _have_a_server(role: str) -> None:
    """Start the embedded server, or look at the one that was named."""
    from shibaiqian.base.embedded_postgres import check_server  # noqa: PLC0415 - heavy, only where a database is needed

    url = os.environ.get("DATABASE_URL")
    if url:
        check_server(os.environ.get("DATABASE_OWNER_URL", url) if role == "owner" else url)
    else:
        _cluster().ensure()


def _keep_a_server() -> None:
    """Have the embedded server started again whenever it falls while this process lives."""
    from shibaiqian.base.embedded_postgres import keep_running  # noqa: PLC0415 - heavy, only for processes that stay

    if not os.environ.get("DATABASE_URL"):
        keep_running(_cluster())


def _cluster():  # type: ignore[no-untyped-def]
    from shibaiqian.base.embedded_postgres import Cluster  # noqa: PLC0415 - heavy, only for the embedded server
    from shibaiqian.config.home import Home  # noqa: PLC0415

    return Cluster(home=Home.of_environment().path)


class _Commands(click.Group):
    """A database that cannot be used is said in one line."""

    def invoke(self, ctx: click.Context) -> object:
        from shibaiqian.base.embedded_postgres import EmbeddedRefused  # noqa: PLC0415 - heavy; not for --help and completion

        try:
            return super().invoke(ctx)
        except EmbeddedRefused as refusal:
            raise click.ClickException(str(refusal)) from refusal


@click.group(cls=_Commands)
def main() -> None:
    """十百千：选派、管理、考核挂职干部，跟踪贫困户，用同一套记录证明成效。"""


@main.group()
def pg() -> None:
    """内嵌的 PostgreSQL。"""


@pg.command()
def start() -> None:
    """启动（首次会初始化）。"""
    click.echo(_cluster().ensure())


@pg.command()
def stop() -> None:
    """停止。"""
    click.echo(_cluster().stop())


@pg.command()
def status() -> None:
    """查看状态。"""
    click.echo(_cluster().status())


@pg.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """以属主身份打开 psql；`--` 之后的内容原样传给它。"""
    cluster = _cluster()
    cluster.ensure()
    cluster.psql(arguments)


@main.command()
def migrate() -> None:
    """以属主身份建立或升级数据库，装入区划等基础数据。"""
    _django("owner")
    from shibaiqian.config.setup import set_up  # noqa: PLC0415 - needs Django

    for line in set_up():
        click.echo(line)


@main.group()
def regions() -> None:
    """行政区划。"""


@regions.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--under", default="", help="只装入这个代码之下的区划，如 61")
def load(file: Path, under: str) -> None:
    """装入区划名录（CSV：code,name,level,kind，可为 .gz）。"""
    _django("owner")
    from shibaiqian.regions.actions import load_regions  # noqa: PLC0415 - needs Django

    loaded = load_regions(file, under=under)
    click.echo(f"读入 {loaded.read} 个区划，新增或更新 {loaded.written} 个。")


@main.command()
@click.option("--region", default=None, help="区划代码，默认全市")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="截至日期，默认今天")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def figures(region: str | None, as_of: datetime | None, as_json: bool) -> None:
    """由现有记录实时计算各项指标。"""
    _django()
    from shibaiqian.access.actor import acting, system_actor  # noqa: PLC0415 - needs Django
    from shibaiqian.base import clock  # noqa: PLC0415
    from shibaiqian.indicators.engine import catalogue  # noqa: PLC0415
    from shibaiqian.indicators.queries import figures_json  # noqa: PLC0415

    by = system_actor("figures", region=region)
    with acting(by):
        values = figures_json(by.scope.region, as_of.date() if as_of else clock.today())
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    for code, value in values.items():
        click.echo(f"{catalogue()[code].title}\t{value:,}\t{code}")


@main.command()
@click.argument("batch")
@click.option("--tier", default="T1000", show_default=True, help="层级代码")
@click.option("--region", default=None, help="区划代码，默认全市")
@click.option("--stage", type=click.Choice(["persons", "units"]), default="persons", show_default=True, help="定人，或定单位（包村）")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按哪一天的政策，默认今天")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--freeze", is_flag=True, help="保存方案并确定；不加则只计算，不改动任何数据")
def match(batch: str, tier: str, region: str | None, stage: str, on: datetime | None, as_json: bool, freeze: bool) -> None:
    """为批次 BATCH 匹配岗位和人选（或单位），与网页结果相同；不属于批次的岗位（补派）写 -。"""
    _django()
    from shibaiqian.access.actor import acting, system_actor  # noqa: PLC0415 - needs Django
    from shibaiqian.access.command import Refused  # noqa: PLC0415
    from shibaiqian.base import clock  # noqa: PLC0415
    from shibaiqian.selection.told import matched, told  # noqa: PLC0415

    by = system_actor("match", region=region)
    try:
        with acting(by):
            found = matched(batch, tier_code=tier, stage=stage, on=on.date() if on else clock.today(), freeze=freeze, by=by)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else told(found))


@main.command()
@click.argument("what", type=click.Choice(["indicators", "permissions", "flows"]))
def handbook(what: str) -> None:
    """输出由代码生成的手册页：指标、角色与权限，或流程图。"""
    _django()
    if what == "indicators":
        from shibaiqian.indicators.handbook import handbook as text  # noqa: PLC0415 - needs Django
    elif what == "permissions":
        from shibaiqian.access.permissions_doc import render as text  # noqa: PLC0415
    else:
        from shibaiqian.console.flows_doc import render as text  # noqa: PLC0415
    click.echo(text(), nl=False)


@main.command("verify-audit")
@click.option("--heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None, help="另存的每日链头文件")
def verify_audit(heads: Path | None) -> None:
    """核验审计链：逐行重算，指出第一处不符。"""
    _django("owner")
    from shibaiqian.audit.verify import verify  # noqa: PLC0415 - needs Django

    verdict = verify(heads=heads)
    click.echo(verdict.message)
    sys.exit(0 if verdict.sound else 1)


@main.group("gate-package")
def gate_package() -> None:
    """隔离网审查结果包：只带四关结果和须回避的地方，不带意见、姓名和亲属情况；密钥文件由专人送达两边。"""


KEY_FILE = click.option("--key", "key_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="密钥文件")


@gate_package.command("key")
@click.argument("file", type=click.Path(exists=False, dir_okay=False, path_type=Path))
def make_package_key(file: Path) -> None:
    """生成密钥文件。"""
    _django()
    from shibaiqian.selection import packages  # noqa: PLC0415 - needs Django

    with _refusals_said():
        packages.write_key(file)
    click.echo(f"已生成 {file}。请由专人送达另一边，不要与审查结果包放在一起。")


@gate_package.command("export")
@click.argument("batch")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@KEY_FILE
def export_gate_package(batch: str, file: Path, key_file: Path) -> None:
    """在隔离网上导出一个批次的审查结果和回避结论。"""
    _django()
    from shibaiqian.selection import packages  # noqa: PLC0415 - needs Django

    with _refusals_said():
        file.write_bytes(packages.export_of(batch, key=packages.read_key(key_file)))
    click.echo(f"已导出 {file}。")


@gate_package.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY_FILE
def import_gate_package(file: Path, key_file: Path) -> None:
    """接收隔离网的审查结果和回避结论；同一个包只写入一次，旧包不会改掉新结果。"""
    _django()
    from shibaiqian.selection import packages  # noqa: PLC0415 - needs Django

    with _refusals_said():
        written = packages.import_of(file.read_bytes(), key=packages.read_key(key_file))
    click.echo(f"写入 {written.count} 项审查结果和回避结论。")
    for note in written.notes:
        click.echo(note)


@contextmanager
def _refusals_said() -> Iterator[None]:
    """A rule that says no is one line for whoever typed the command."""
    from shibaiqian.access.command import Refused  # noqa: PLC0415 - needs Django

    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@main.command("open-administrators")
def open_administrators() -> None:
    """为新装的系统开设三员账号：系统、安全、审计管理员，并打印一次性口令。"""
    _django("owner")
    from shibaiqian.access.installation import open_first_accounts  # noqa: PLC0415 - needs Django

    for login, label, password in open_first_accounts():
        click.echo(f"{login}\t{label}\t{password}")
    click.echo("首次登录须修改口令。")


@main.command("reset-second-factor")
@click.argument("login")
@click.option("--reason", required=True, help="事由，写入审计")
def reset_second_factor(login: str, reason: str) -> None:
    """唯一的系统管理员手机和恢复码都丢失时，在服务器上重置其动态口令；其他人由系统管理员在网页上重置。"""
    _django()
    from shibaiqian.access import second_factor  # noqa: PLC0415 - needs Django
    from shibaiqian.access.actor import system_actor  # noqa: PLC0415
    from shibaiqian.access.command import Refused  # noqa: PLC0415
    from shibaiqian.access.models import User  # noqa: PLC0415

    user = User.objects.filter(login=login).first()
    if user is None:
        raise click.ClickException(f"没有登录名为“{login}”的账号。")
    try:
        second_factor.reset_second_factor(user, reason=reason, by=system_actor("在服务器上重置动态口令"))
    except Refused as why:
        raise click.ClickException(str(why)) from None
    click.echo(f"“{login}”的动态口令已重置，下次登录后重新设置。")


def _processes() -> int:
    """Half of the cores: the database and the worker need theirs. Each process keeps a database connection for each thread."""
    return min(max((os.cpu_count() or 1) // 2, 1), 4)


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--processes", default=_processes, show_default="处理器的一半，1 至 4", type=click.IntRange(1, 64), help="几个网站进程共用端口"
)
@click.option("--threads", default=8, show_default=True, help="每个进程同时处理几个请求")
def serve(port: int, host: str, processes: int, threads: int) -> None:
    """启动网站。"""
    _django()
    _keep_a_server()
    from shibaiqian.config import web  # noqa: PLC0415 - needs Django

    web.serve(host=host, port=port, processes=processes, threads=threads)


@main.command()
@click.option("--concurrency", default=1, show_default=True, help="同时处理几份名册；审计封存等短作业另有一条线")
def worker(concurrency: int) -> None:
    """启动后台作业进程。"""
    _django()
    _keep_a_server()
    from shibaiqian.config.worker import work  # noqa: PLC0415 - needs Django

    work(rosters_at_once=concurrency)


@main.command()
@click.option("--scale", type=click.Choice(["city", "county"]), default="city", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--serve/--no-serve", "serve_it", default=True)
@click.option("--clean", is_flag=True, help="删除演示数据")
def demo(scale: str, port: int, serve_it: bool, clean: bool) -> None:
    """演示：写出名册，经导入程序装入，启动网站。"""
    from shibaiqian.demo.show import clean_up, show  # noqa: PLC0415 - prepares the environment before Django starts

    if clean:
        clean_up()
    else:
        show(scale=scale, port=port, serve_it=serve_it)


@main.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--owner", is_flag=True, help="以属主身份运行")
def django(arguments: tuple[str, ...], owner: bool) -> None:
    """Django 管理命令（供开发与运维使用）。"""
    _django("owner" if owner else "app")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - needs settings

    execute_from_command_line(["shibaiqian django", *arguments])


if __name__ == "__main__":
    sys.exit(main())
