"""A village with its official, an account and a phone that is signed in; operations as a phone says them."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.assistance.tests.factories import posted, registered, villages
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.sync.devices import sign_in_device
from shibaiqian.sync.rules import canonical, digest

PASSWORD = "long-enough-word"
LOGIN = "wang"
TODAY = dt.date(2016, 6, 8)


def account(region: str, *, login: str = LOGIN, role: str = "posted_cadre", name: str = "王朝辉") -> Assignment:
    """An account with one role for a place."""
    user = User(login=login, name=name, created_at=clock.wall_now())
    user.password = _hashed()
    user.save()
    return also(user, region, role=role)


def also(user: User, region: str, *, role: str = "posted_cadre", since: dt.date = dt.date(2015, 3, 1)) -> Assignment:
    return Assignment.objects.create(user=user, role=role, region=region, scope_name="某村", valid_from=since)


@cache
def _hashed() -> str:
    return make_password(PASSWORD)  # slow on purpose: once for all tests


@dataclass
class Phone:
    """A phone and what it says; `hash_of` is how the phone itself would make it."""

    key: uuid.UUID = field(default_factory=new_id)
    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    protocol: str = "1"
    language: str = "zh-CN"

    def sign_in(self, login: str = LOGIN, password: str = PASSWORD, **more: Any) -> Any:
        said = {"login": login, "password": password, "label": "红米", "device": str(self.key), **more}
        answer = self.post("devices", said)
        self.token = answer.json().get("token", self.token)
        return answer

    @classmethod
    def of(cls, role: Assignment) -> "Phone":
        """A phone that this role's account has signed in; the password is asked elsewhere."""
        phone, by = cls(), actor_for(role.user, Hat(role), on=clock.today())
        phone.token = sign_in_device(role.user, assignment=role, phone=phone.key, label="红米", client=1, by=by).token
        return phone

    @property
    def headers(self) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"X-Client": self.protocol, "Accept-Language": self.language, **token}

    def post(self, path: str, said: Any) -> Any:
        return self.client.post(f"/api/v1/{path}", json.dumps(said), content_type="application/json", headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}", headers=self.headers)

    def put(self, sha256: str, data: bytes, kind: str = "image/jpeg") -> Any:
        return self.client.put(f"/api/v1/photos/{sha256}", data, content_type=kind, headers=self.headers)

    def send(self, *operations: Any, owes: int | None = None, sent_at: dt.datetime | None = None) -> Any:
        said = {
            "owes": len(operations) if owes is None else owes,
            "sent_at": (sent_at or clock.wall_now()).isoformat(),
            "operations": operations,
        }
        return self.post("inbox", said)

    def answers(self, *operations: Any, **more: Any) -> list[dict[str, Any]]:
        answer = self.send(*operations, **more)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["answers"]


@dataclass
class Village:
    """The place, its First Secretary, a household and the official's account."""

    code: str
    posting: Posting
    household: Household
    role: Assignment


def a_village(county: str = "611021", *, place: int = 0, login: str = LOGIN) -> Village:
    code = villages(county, place + 1)[place].code
    return Village(code, posted(code, f"P-{code}"), registered(code, f"H-{code}", head="张猛虎"), account(code, login=login))


def operation(kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "kind": kind, "at": clock.wall_now().isoformat(), "body": body, **more}


def a_log(village: Village, *, on: dt.date = TODAY, content: str = "看望老人", **more: Any) -> dict[str, Any]:
    item = {"category": "visit", "content": content, "household": str(village.household.pk)}
    return operation("log", {"posting": str(village.posting.pk), "on": on.isoformat(), "items": [item]}, **more)


def hash_of(said: dict[str, Any]) -> str:
    return digest(canonical(said))
