"""The programme and its tiers as this city runs them."""

import datetime as dt

from django.conf import settings

from shibaiqian.postings.models import Programme, Tier
from shibaiqian.regions.models import Region

PROGRAMME, CITY = "ten_hundred_thousand", "6110"
# S6-S8 and domain.md 2.5, 4.2, 4.3: the tiers of Shangluo's programme. Ages are defaults of the platform.
TIERS: dict[str, dict[str, object]] = {
    "T10": {
        "label": "县级", "host_level": Region.Level.COUNTY, "titles": "县（区）委副书记|副县（区）长", "quota": 10, "source_levels": "city",
        "ranks": "R42", "max_age": 52, "decider_level": "city",
    },
    "T100": {
        "label": "镇级", "host_level": Region.Level.TOWN, "titles": "党委副书记|党工委副书记|副镇长|副主任", "quota": 100,
        "source_levels": "city|county", "ranks": "R51|R52", "reserve_ranks": "R51|R52", "young_age": 45, "decider_level": "home",
    },
    "T1000": {
        "label": "村级", "host_level": Region.Level.VILLAGE, "titles": "第一书记", "quota": 1280, "source_levels": "city|county|town",
        "must_be_party_member": True, "max_age": 55, "needs_rural_or_skill": True, "decider_level": "county",
    },
}  # fmt: skip


def install_programme() -> int:
    """Install Shangluo's programme with its tiers in Shangluo; how many rows were new. Run by the owner.

    Another prefecture brings its own from a roster (工程与层级).
    """
    city = Region.objects.filter(pk=settings.ROOT_REGION).first()
    if city is None or city.pk != CITY:
        return 0
    programme, is_new = Programme.objects.get_or_create(
        code=PROGRAMME,
        defaults={
            "name": "“十百千”工程", "region": city, "starts_on": dt.date(2014, 3, 1), "goal_on": dt.date(2019, 12, 31),
        },
    )  # fmt: skip
    count = int(is_new)
    for code, said in TIERS.items():
        _, is_new = Tier.objects.get_or_create(programme=programme, code=code, defaults=said)
        count += int(is_new)
    return count
