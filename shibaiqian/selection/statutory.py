"""Which titles need a procedure of people's congress or government besides the party's decision (domain.md 2.5). Pure."""

# Words of a title → code of the procedure. Party posts and First Secretaries need none.
NEEDED = (
    (("副县长", "副区长", "副县（区）长", "副市长"), "congress_committee"),
    (("副镇长", "副乡长"), "town_congress"),
    (("副主任",), "county_government"),
)
LABELS = {
    "congress_committee": "县（区）人民代表大会常务委员会任命",
    "town_congress": "镇人民代表大会选举或者任命",
    "county_government": "县（区）人民政府任命",
}


def procedure_of(title: str) -> str:
    """The code of the procedure that a title needs, empty when none."""
    return next((code for words, code in NEEDED if any(word in title for word in words)), "")


def printed_title(title: str, *, host: str) -> str:
    """The title as the document says it after the host's name: 洛南县 + 副县（区）长 → 副县长, 县（区）委副书记 → 委副书记."""
    kind = host[-1:] if host[-1:] in ("县", "区", "市") else ""
    if not kind:
        return title
    return title.removeprefix("县（区）") if title.startswith("县（区）委") else title.replace("县（区）", kind)
