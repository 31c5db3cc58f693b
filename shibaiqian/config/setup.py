"""Bringing an installation up to date: tables, rights, reference data."""

from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.base.translations import compile_catalogue
from shibaiqian.households.actions import install_poverty_lines
from shibaiqian.indicators.actions import rebuild_rollups
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import install_programme
from shibaiqian.regions.actions import load_regions

PLACES = ("counties", "counties_national_poor", "towns")


def set_up() -> Iterator[str]:
    """Migrate as the owner and install reference data; safe to repeat. Yields a line for each step."""
    call_command("migrate", interactive=False, verbosity=0)
    yield "数据库已就绪。"
    loaded = load_regions()
    with acting(system_actor("安装")):
        rebuild_rollups(settings.ROOT_REGION, codes=PLACES)
    yield f"区划：{loaded.read} 个，更新 {loaded.written} 个。"
    yield f"政策参数：新增 {install_defaults()} 个默认值。"
    yield f"挂职工程与层级：新增 {install_programme()} 个。"
    yield f"扶贫标准：新增 {install_poverty_lines()} 个。"
    compile_catalogue()
    call_command("collectstatic", interactive=False, verbosity=0)
    yield "界面文件已就绪。"
