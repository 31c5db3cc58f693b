"""From nominations and their posts to the persons that papers print: the facts frozen at nomination, in words."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from shibaiqian.cadres.codes import ETHNICITY_WORDS, SEX_WORDS, STATUS_WORDS
from shibaiqian.documents.papers.people import Person, month
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.selection.models import Nomination, PostNeed
from shibaiqian.selection.statutory import LABELS, printed_title, procedure_of


def persons(
    rows: Sequence[Nomination],
    *,
    needs: Mapping[uuid.UUID, PostNeed],
    begins: dt.date | None = None,
    ends: Mapping[uuid.UUID, dt.date] | None = None,
) -> dict[uuid.UUID, Person]:
    """Each nomination as papers print it, by its key. One query for the names of towns."""
    towns = region_names(sorted({str(need.region_id)[:9] for need in needs.values() if len(str(need.region_id)) == 12}))
    return {row.pk: _person(row, needs[row.pk], towns, begins=begins, ends=(ends or {}).get(row.pk)) for row in rows}


def _person(row: Nomination, need: PostNeed, towns: Mapping[str, str], *, begins: dt.date | None, ends: dt.date | None) -> Person:
    said = row.facts
    host = towns.get(str(need.region_id)[:9], "") + need.host_name if len(str(need.region_id)) == 12 else need.host_name
    procedure = procedure_of(need.title)
    return Person(
        name=row.cadre_name,
        sex=SEX_WORDS.get(said.get("sex", ""), ""),
        birth=month(said.get("birth_month", "")),
        ethnicity=ETHNICITY_WORDS.get(said.get("ethnicity", ""), ""),
        native_place=said.get("native_place", ""),
        political_status=STATUS_WORDS.get(said.get("political_status", ""), ""),
        party_joined=month(said.get("party_join_month", "")),
        work_began=month(said.get("work_start_month", "")),
        education=said.get("edu_in_service", "") or said.get("edu_full_time", ""),
        specialty=said.get("specialty", ""),
        unit=row.unit_name,
        post=said.get("post", ""),
        host=host,
        title=printed_title(need.title, host=need.host_name),
        duties=need.duties,
        statutory=LABELS.get(procedure, ""),
        begins=begins,
        ends=ends,
    )


def decider_of(region: Region, tier: Tier, *, seal_name: str) -> str:
    """Who decides, in words: the county's organisation department for the thousand, else the place's party committee."""
    return seal_name if tier.decider_level == "county" else f"中共{region.name}委员会"
