"""What a county needs before it may decide about people, where the demonstration lacks it: a body that signs, an officer of discipline
inspection. `python -m tests.journeys.office 611026 zhashui.discipline` in the surroundings of the served product; called again, it does nothing.
"""

import os
import sys
from pathlib import Path

import django
import polars as pl

os.environ.setdefault("SHIBAIQIAN_DATABASE_ROLE", "app")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
django.setup()

from shibaiqian.access.actions import open_accounts  # noqa: E402 - Django must stand first
from shibaiqian.access.actor import acting, system_actor  # noqa: E402
from shibaiqian.access.models import User  # noqa: E402
from shibaiqian.access.rows import Rows  # noqa: E402
from shibaiqian.documents.register import issuers_of, register_issuers  # noqa: E402
from shibaiqian.organisations.models import Organisation  # noqa: E402
from shibaiqian.regions.models import Region  # noqa: E402


def main(county: str, officer: str) -> None:
    by = system_actor("浏览器测试")
    place = Region.objects.get(pk=county)
    with acting(by):
        if not User.objects.filter(login=officer).exists():
            password = (Path(os.environ["SHIBAIQIAN_HOME"]) / "demonstration-password").read_text().strip()
            said = {"login": officer, "name": "纪明", "password": password, "role": "discipline_officer", "region_code": county}
            open_accounts(place, rows=Rows(pl.DataFrame([{"row": 1, **said, "unit_code": None, "id_number": None}])), by=by)
    with acting(by):
        if not issuers_of(county):
            unit = Organisation.objects.get(region_id=county, kind="party_department", name__endswith="组织部")
            said = {"unit_code": unit.code, "sign": f"{place.name[0]}组发", "red_head": f"{unit.name}文件", "seal_name": unit.name}
            register_issuers(place, rows=Rows(pl.DataFrame([{"row": 1, **said}])), by=by)


if __name__ == "__main__":
    main(*sys.argv[1:])
