from django.utils.translation import override

from shibaiqian.access.permissions_doc import FILE, LABELS, render
from shibaiqian.access.roles import Permission


def test_the_page_is_what_the_table_says() -> None:
    with override("en"):  # whatever language somebody works in
        said = render()
    assert FILE.read_text(encoding="utf-8") == said, "请运行 python -m shibaiqian.access.permissions_doc"


def test_every_permission_has_a_label_of_its_own() -> None:
    assert set(LABELS) == set(Permission)
    assert len(set(LABELS.values())) == len(LABELS)
