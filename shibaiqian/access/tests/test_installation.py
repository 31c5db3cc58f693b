import pytest

from shibaiqian.access.installation import open_first_accounts
from shibaiqian.access.models import Assignment, User


@pytest.mark.django_db
def test_a_new_installation_gets_its_three_administrators_once() -> None:
    first = list(open_first_accounts())
    assert [login for login, _, _ in first] == ["sysadmin", "secadmin", "auditadmin"]
    assert all(User.objects.get(login=login).check_password(password) for login, _, password in first)
    assert {a.role for a in Assignment.objects.all()} == {"sys_admin", "sec_admin", "audit_admin"}
    assert list(open_first_accounts()) == []
