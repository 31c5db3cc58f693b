"""`python -m tests.field.world N`: officials in villages of their own with signed-in phones, written by the owner; their tokens as JSON."""

import datetime as dt
import json
import sys

import django


def main(phones: int) -> None:
    django.setup()
    from shibaiqian.access.models import Assignment, User
    from shibaiqian.access.queries import Hat, actor_for
    from shibaiqian.assistance.tests.factories import posted, registered
    from shibaiqian.base import clock
    from shibaiqian.base.ids import new_id
    from shibaiqian.regions.models import Region
    from shibaiqian.sync.devices import sign_in_device

    # A village has one First Secretary: more officials than villages serve in towns.
    places = [*Region.objects.filter(level="village").order_by("code"), *Region.objects.filter(level="town").order_by("code")]
    seats = []
    for at in range(phones):
        code = places[at].code
        user = User.objects.create(login=f"u{at}", name=f"干部{at}", password="!", created_at=clock.wall_now())
        role = Assignment.objects.create(user=user, role="posted_cadre", region=code, scope_name="某村", valid_from=dt.date(2015, 3, 1))
        posting, household = posted(code, f"P{at}", tier="T1000" if len(code) == 12 else "T100"), registered(code, f"H{at}")
        by = actor_for(user, Hat(role), on=clock.today())
        signed = sign_in_device(user, assignment=role, phone=new_id(), label="手机", client=1, by=by)
        seats.append({"token": signed.token, "posting": str(posting.pk), "household": str(household.pk), "village": code})
    print(json.dumps(seats))


if __name__ == "__main__":
    main(int(sys.argv[1]))
