"""Pages of claims: drawn with a button, handed in, printed, exported for finance, settled by the unit."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from shibaiqian.access.models import Assignment
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.console.tests.factories import OTHER_COUNTY, sign_in, text
from shibaiqian.fieldwork.models import ExpenseClaim
from shibaiqian.fieldwork.tests.duty import People
from shibaiqian.fieldwork.tests.test_claims import confirmed

pytestmark = pytest.mark.django_db


def test_a_claim_goes_from_the_ledger_to_the_unit_s_finance(actor: Any) -> None:
    people = People(actor, villages(LUONAN)[0])
    month = confirmed(people)
    official = sign_in("posted_cadre", people.village.code, name=people.posting.cadre_name)
    unit = sign_in("sending_unit_admin", unit=people.posting.unit_id)
    Assignment.objects.update(scope_name="某处")
    assert "2016-05" in text(official.get("/claims/draw/"))
    assert official.post("/claims/draw/", {"month": "x"}).status_code == 404
    url = official.post("/claims/draw/", {"month": str(month.pk)}).headers["Location"]
    assert unit.get(url).status_code == 404
    url = official.post(f"{url}redraw/").headers["Location"]
    official.post(f"{url}hand_in/")
    assert "伙食补助" in text(unit.get(url)) and "已报送" in text(unit.get("/claims/"))
    said = "".join(p.extract_text() for p in PdfReader(io.BytesIO(official.get(f"{url}paper.pdf").content)).pages)
    assert "320.00" in said and "不得在村级报销" in said and "（大写）：伍佰捌拾元整" in said
    assert "财务不能据此付款" in text(official.get(url)) and "伙食补助、往返交通：默认值（示例" in text(official.get(url))
    assert official.get(f"{url}paper.docx").content.startswith(b"PK")
    assert unit.post("/claims/export/", {}).content.startswith(b"PK")
    unit.post(f"{url}return/", {"reason": "核对 5 月 12 日"})
    assert "核对 5 月 12 日" in text(official.get(url))
    official.post(f"{url}hand_in/")
    unit.post(f"{url}settle/")
    assert ExpenseClaim.unscoped.filter(voided_by__isnull=True).get().state == "settled"
    assert sign_in("county_org_admin", OTHER_COUNTY).get(url).status_code == 404
