"""The command line: `shibaiqian …`. Each command opens an actor's transaction or works as the owner, and says which."""

import os
import sys
from pathlib import Path

import click


def _django(role: str = "app") -> None:
    """Start Django with the database login of this role; the embedded server is started first."""
    os.environ["SHIBAIQIAN_DATABASE_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
    if not os.environ.get("DATABASE_URL"):
        _cluster().ensure()
    import django  # noqa: PLC0415 - settings are read here, after the role was chosen

    django.setup()


def _cluster():  # type: ignore[no-untyped-def]
    from shibaiqian.base.embedded_postgres import Cluster  # noqa: PLC0415 - heavy, only for the embedded server
    from shibaiqian.config.home import Home  # noqa: PLC0415

    return Cluster(home=Home.of_environment().path)


@click.group()
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
