import datetime as dt

import pytest

from shibaiqian.documents.gongwen import (
    Attachment,
    Column,
    DocumentNumber,
    Heading,
    OfficialDocument,
    Paragraph,
    RedHead,
    Table,
)
from shibaiqian.documents.typefaces import Typefaces, find_typefaces

NASTY = '#import "x" $x$ *bold* _em_ {{ name }} {% if %} <tag> & @ref \\n'


@pytest.fixture(scope="session")
def typefaces() -> Typefaces:
    """The build's fonts and no others: the same pages on every machine. Without them it fails and says the cure."""
    return find_typefaces(system=False)


@pytest.fixture
def notice() -> OfficialDocument:
    """A notice of several pages with every kind of part."""
    term = "挂职干部一律实行1至3年的任期，包扶对象不脱贫不脱钩，不拔穷根不收兵。"
    return OfficialDocument(
        title="关于选派挂职干部的通知",
        head=RedHead(text="中共商洛市委组织部文件", number=DocumentNumber("商组发", 2016, 15)),
        recipients=("各县区委组织部", "市直各部门党组（党委）"),
        body=(
            Paragraph("经市委同意，选派10名副县级干部到县区挂职，选派1280名干部到村社区任“第一书记”。"),
            Heading(1, "选派条件"),
            Heading(2, "基本条件"),
            Heading(3, "工作经历"),
            Heading(4, "年龄"),
            Paragraph(NASTY),
            Heading(1, "工作要求"),
            Paragraph(term * 12),
            Table(
                caption="选派名额",
                columns=(Column("县区", 2), Column("第一书记", 1, "right")),
                rows=(("商州区", "188"), ("洛南县", "182")),
            ),
            Paragraph(term * 3),
        ),
        attachments=(Attachment(title="名额分配表"), Attachment(title="推荐表", body=(Paragraph("表样。"),))),
        signature="中共商洛市委组织部",
        date=dt.date(2016, 6, 8),
        copies_to=("市委办公室", "市政府办公室"),
        printed_by="中共商洛市委组织部办公室",
        printed_on=dt.date(2016, 6, 8),
        demonstration=True,
    )
