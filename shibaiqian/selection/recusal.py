"""Recusal (回避, domain.md 14.2): candidates kept apart from relatives and interests, reviewers from their own cases.

Nobody has a hand in the case of oneself or of a relative, in whatever step; a stand-in neither. Who *judges* (signs a review of
a gate) judges no colleague of the own unit either; who registers, matches or prints may come from the same unit: an organisation
department posts its own people too, and it is the meeting that decides.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase, not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.cadres.lrmx.form import FAMILY
from shibaiqian.cadres.models import FamilyMember
from shibaiqian.cadres.sight import RELATIVE, SELF, UNIT, ties
from shibaiqian.policy.queries import parameter_in
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bare_county, key_of
from shibaiqian.selection.models import Nomination, RecusalFinding, RecusalVerdict
from shibaiqian.selection.steps import happened

SHORTEST_NAME = 2  # a village called by one character stands in too many words
WHY = {RELATIVE: "是您的亲属", UNIT: "是您所在单位的干部"}


class RecusalStands(Refused):
    """What blocks by 14.2 cannot be talked away."""


def may_review(by: Actor, nominations: Sequence[Nomination], *, judging: Collection[str] = ()) -> Mapping[uuid.UUID, str]:
    """The nominations this person must leave to somebody else, each with why (`self`, `relative`, `unit`). Two queries.

    `judging`: numbers of those whom the person judges, so that colleagues of the own unit count. The person is the account that acts, also when it stands in for somebody. The system is nobody's relative.
    """
    if by.user_id is None:
        return {}
    person = User.objects.filter(pk=by.user_id).values_list("person", flat=True).first()
    tied = ties(person, called=by.name, cadres=[row.cadre_id for row in nominations])
    found = {}
    for row in nominations:
        kinds = tied.get(row.cadre_id, frozenset())
        against = (SELF, RELATIVE, UNIT) if row.number in judging else (SELF, RELATIVE)
        why = next((kind for kind in against if kind in kinds), None)
        if why is not None:
            found[row.pk] = why
    return found


def must_be_impartial(by: Actor, nominations: Sequence[Nomination], *, judging: Collection[str] = ()) -> None:
    """Refuse the set when one of it is the actor's own case, or of who lent the role; say who and that somebody else must act.

    `judging` as in `may_review`.
    """
    not_own_case(by, persons={row.cadre_id: row.cadre_name for row in nominations})
    own = may_review(by, nominations, judging=judging)
    if own:
        row = next(row for row in nominations if row.pk in own)
        raise OwnCase(f"{row.cadre_name}{WHY[own[row.pk]]}，您应当回避。请从本次选择中去掉这一项，由其他审查人办理。")


@dataclass(frozen=True)
class Hit:
    """A relation or interest between a candidate and a place where the post is."""

    nomination: uuid.UUID
    host: str
    kind: str  # relative_in_office, own_village, native_county, interest, isolated
    weight: str  # warn or block
    fact: str


def hits(actor: Actor, nominations: Sequence[Nomination], hosts: Sequence[str], *, on: dt.date) -> list[Hit]:
    """Every hit between these nominations and these places (6, 9 or 12 digits): from families, birthplaces and enterprises.

    What an isolated network found counts like what is found here. For matching as for a single post: three queries, and one
    more where somebody's birthplace names a village, whatever the number of pairs and counties.
    """
    actor.must(Permission.VIEW_CADRE_FILES)
    places = Places.of(hosts)

    @cache
    def blocks() -> Mapping[str, object]:
        return parameter_in("recusal_own_village_blocks", regions={host[:6] for host in hosts}, on=on)

    def strict(county: str) -> bool:
        return bool(blocks().get(county))

    found = [hit for row in nominations for hit in places.native_hits(row, strict)]
    relatives: dict[uuid.UUID, list[Nomination]] = defaultdict(list)
    for row in nominations:
        relatives[row.cadre_id].append(row)
    family = FamilyMember.objects.visible_to(actor).filter(cadre_id__in=list(relatives)).exclude(standing="").exclude(place="")
    for member in family.order_by("cadre_id", "seq"):
        found += [hit for row in relatives[member.cadre_id] for hit in places.relative_hits(row, member)]
    verdicts = RecusalVerdict.objects.visible_to(actor).filter(nomination__in=nominations).exclude(weight="clear")
    for key, host, weight in verdicts.order_by("nomination", "host").values_list("nomination", "host", "weight"):
        found += places.isolated_hits(key, host, weight)
    return found


@dataclass(frozen=True)
class Places:
    """The hosts with the names that native places and birthplaces are written with; looked up by prefix, never pair by pair."""

    names: Mapping[str, str]
    by_prefix: Mapping[str, Sequence[str]]
    villages: Mapping[str, Sequence[tuple[str, str]]]  # county → (village's bare name, code)

    @classmethod
    def of(cls, hosts: Sequence[str]) -> "Places":
        by_prefix: dict[str, list[str]] = defaultdict(list)
        for host in dict.fromkeys(hosts):
            for length in (6, 9, 12):
                if length <= len(host):
                    by_prefix[host[:length]].append(host)
        names = region_names(list(by_prefix))
        villages: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for host in dict.fromkeys(hosts):
            if len(host) == 12 and len(key_of(names.get(host, ""))) >= SHORTEST_NAME:
                villages[host[:6]].append((key_of(names[host]), host))
        return cls(names, by_prefix, villages)

    def native_hits(self, row: Nomination, strict: Callable[[str], bool]) -> list[Hit]:
        """From the words of native place and birthplace: 陕西洛南, 陕西省洛南县景村镇御史村."""
        words = {"籍贯": row.facts.get("native_place", ""), "出生地": row.facts.get("birthplace", "")}
        found = []
        for county in {prefix for prefix in self.by_prefix if len(prefix) == 6}:
            short = bare_county(self.names.get(county, ""))
            for label, text in words.items():
                if not short or short not in text:
                    continue
                if county in self.by_prefix[county]:
                    found.append(Hit(row.pk, county, "native_county", "warn", f"{label}{text}，拟到本县任职。"))
                after = text.split(short, 1)[1]
                found += [
                    Hit(row.pk, host, "own_village", "block" if strict(county) else "warn", f"{label}{text}，拟到本村任职。")
                    for name, host in self.villages.get(county, ())
                    if name in after
                ]
        return _once(found)

    def relative_hits(self, row: Nomination, member: FamilyMember) -> list[Hit]:
        """A relative in the village's committee or at the head of the host blocks; above it, or an enterprise there, warns."""
        who, place = f"{member.relation}{member.name}{f'（{member.unit_post}）' if member.unit_post else ''}", member.place
        below = self.by_prefix.get(place, ())
        if member.standing == "enterprise":
            above = [host for host in self.by_prefix if len(host) < len(place) and place.startswith(host) and host in self.by_prefix[host]]
            return [
                Hit(row.pk, host, "interest", "warn", f"{who}在{self.names.get(host, host)}有企业或项目。")
                for host in [*below, *(host for host in above if len(host) > 6)]
            ]
        found = []
        for host in below:
            # In the same village or town: block. A county's head over a village or town: to be declared.
            near = host == place or len(place) >= 9
            if member.standing == "village_committee" and host != place:
                continue
            found.append(Hit(row.pk, host, "relative_in_office", "block" if near else "warn", f"{who}在拟任职地任职。"))
        return found

    def isolated_hits(self, nomination: uuid.UUID, place: str, weight: str) -> list[Hit]:
        """A place to keep away from, and all below it; why stays on the isolated network."""
        text = "不得到{}任职。" if weight == RecusalFinding.Weight.BLOCK else "到{}任职须核实并说明。"
        return [
            Hit(nomination, host, "isolated", weight, "隔离网核查：" + text.format(self.names.get(host, host)))
            for host in self.by_prefix.get(place, ())
        ]


def _once(found: list[Hit]) -> list[Hit]:
    kept: dict[tuple[uuid.UUID, str, str], Hit] = {}
    for hit in found:
        kept.setdefault((hit.nomination, hit.host, hit.kind), hit)
    return list(kept.values())


HOST_DIGITS = {"county": 6, "town": 9, "village": 12}
KEEP_AWAY = ("number", "host", "weight")


def places_to_avoid(actor: Actor, nominations: QuerySet[Nomination]) -> list[dict[str, str]]:
    """What families mean for posts, without the families: number, host (or a place above it) and weight, as `hits` would find it.

    Somebody whose family was examined and stands in nobody's way is there with `clear`; whose family is unknown, not at all. Two
    queries. Birthplaces stand in the nomination itself and are judged wherever it is.
    """
    rows = {row.pk: row for row in nominations.select_related("tier", "cadre")}
    by_cadre: dict[uuid.UUID, list[Nomination]] = defaultdict(list)
    for row in rows.values():
        by_cadre[row.cadre_id].append(row)
    found: dict[tuple[str, str], str] = {}
    examined = {row.number for row in rows.values() if FAMILY in row.cadre.none_of.split("|")}
    for member in FamilyMember.objects.visible_to(actor).filter(cadre_id__in=list(by_cadre)):
        for row in by_cadre[member.cadre_id]:
            examined.add(row.number)
            for host, weight in avoided(member.place, member.standing, digits=HOST_DIGITS[row.tier.host_level]):
                found[row.number, host] = "block" if "block" in (weight, found.get((row.number, host))) else weight
    clear = examined - {number for number, _ in found}
    said = [*((number, host, weight) for (number, host), weight in found.items()), *((number, "", "clear") for number in clear)]
    return [dict(zip(KEEP_AWAY, one, strict=True)) for one in sorted(said)]


def avoided(place: str, standing: str, *, digits: int) -> list[tuple[str, str]]:
    """Where a relative's standing keeps a candidate away from posts in places of so many digits: place, weight (14.2). Pure."""
    if not place or not standing:
        return []
    if standing == "village_committee":
        return [(place, "block")] if len(place) == digits else []
    if standing == "enterprise":
        return [(place[:digits], "warn")] if len(place) <= digits or digits > 6 else []
    return [(place, "block" if len(place) in (digits, 9, 12) else "warn")] if len(place) <= digits else []


@command(Permission.REVIEW_NOMINATIONS)
def examine_recusals(region: Region, *, nominations: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Look for relations between candidates and the posts they are matched to; findings of other posts are voided. Counts findings.

    What was resolved of the same post stays resolved.
    """
    happened(on, what="核查日期")
    rows = list(
        Nomination.objects.visible_to(by)
        .filter(pk__in=set(nominations))
        .select_related("need")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if len(rows) != len(set(nominations)):
        raise NotVisible(Nomination.__name__)
    must_be_impartial(by, rows)
    matched = {row.pk: str(row.need.region_id) for row in rows if row.need is not None}
    found = [
        hit
        for hit in hits(by, [r for r in rows if r.pk in matched], sorted(set(matched.values())), on=on)
        if hit.host == matched[hit.nomination]
    ]
    known = {(f.nomination_id, f.host, f.kind, f.fact): f for f in RecusalFinding.objects.visible_to(by).filter(nomination__in=rows)}
    keep = {(hit.nomination, hit.host, hit.kind, hit.fact) for hit in found}
    gone = [f.pk for key, f in known.items() if key not in keep and key[2] != "declared"]
    RecusalFinding.objects.visible_to(by).filter(pk__in=gone).update(voided_by=current_event())
    of = {row.pk: row for row in rows}
    RecusalFinding.unscoped.bulk_create([
        RecusalFinding(
            nomination=of[hit.nomination], region_id=of[hit.nomination].region_id, home_region=of[hit.nomination].home_region, host=hit.host,
            kind=hit.kind, weight=hit.weight, fact=hit.fact, event=current_event(),
        )
        for hit in found if (hit.nomination, hit.host, hit.kind, hit.fact) not in known
    ])  # fmt: skip
    note_in_event(count=len(found))
    return Written(count=len(found), regions=[region.code])


@command(Permission.REVIEW_NOMINATIONS)
def declare_interest(nomination: Nomination, *, host: Region, fact: str, by: Actor) -> RecusalFinding:
    """Record an interest or relation that the candidate declared about a place: to be resolved before a decision."""
    must_be_impartial(by, [nomination])
    if not fact.strip():
        raise Refused("请写明申报的亲属关系或利益关系。")
    return RecusalFinding.unscoped.create(
        nomination=nomination, region_id=nomination.region_id, home_region=nomination.home_region, host=host.code, kind="declared",
        weight=RecusalFinding.Weight.WARN, fact=fact.strip(), event=current_event(),
    )  # fmt: skip


@command(Permission.REVIEW_NOMINATIONS)
def resolve_recusal(finding: RecusalFinding, *, reason: str, on: dt.date, by: Actor) -> RecusalFinding:
    """Say why a warning does not stand in the way. What blocks is not resolved: the candidate goes elsewhere."""
    happened(on, what="办理日期")
    must_be_impartial(by, [finding.nomination])
    if finding.weight == RecusalFinding.Weight.BLOCK:
        raise RecusalStands(f"{finding.nomination.cadre_name}：{finding.fact}按规定不得在此任职，请改派他处。")
    if finding.resolution:
        raise Refused("这一项已经说明，不必重复办理。")
    if not reason.strip():
        raise Refused("请写明为什么不影响任职，如已回避的事项、已公开申报。")
    finding.resolution, finding.resolved_on = reason.strip(), on
    finding.save(update_fields=["resolution", "resolved_on"])
    return finding


def open_recusals(actor: Actor, nominations: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, ...]]:
    """Nominations with findings that block or are not resolved yet, in words: for decisions. One query."""
    actor.must(Permission.VIEW_GATE_OPINIONS)
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in RecusalFinding.objects.visible_to(actor).filter(nomination_id__in=nominations, resolution=""):
        found[row.nomination_id].append(row.fact)
    return {key: tuple(facts) for key, facts in found.items()}
