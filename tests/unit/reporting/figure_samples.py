"""One of every figure, with values as in the pictures of a district report; all numbers are made up."""

from collections.abc import Callable

from tryghed.release.released import Difference, Places, Share, Withheld
from tryghed.reporting import figures as f

SECRET = Share(None, None, None, None, withheld=Withheld.SECRET)
MISSING = Share(None, None, None, None, withheld=Withheld.MISSING)


def unsure(n: int) -> Share:
    return Share(None, None, None, n, withheld=Withheld.UNRELIABLE)


def against(
    this: Share, other: Share, values: tuple[float, float, float] | None, direction: int = 0, detectable: float = 9.0
) -> Difference:
    difference, lower, upper = values or (None, None, None)
    withheld = None if values else Withheld.SECRET
    return Difference(
        this,
        other,
        "rest",
        difference,
        lower,
        upper,
        detectable if values else None,
        direction,
        "headline",
        13,
        0.01,
        withheld,
    )  # type: ignore[arg-type]


def close(share: float, n: int, half: float) -> Share:
    return Share(share, round(share - half, 1), round(share + half, 1), n)


OURS = Share(71.2, 66.5, 75.6, 486)
REST = Share(78.6, 77.3, 80.0, 4724)
WHOLE = Share(78.1, 76.9, 79.4, 5210)

AREAS = [
    f.AreaRow("Østerbro", Share(84.6, 80.6, 88.0, 469), 1, Places(1, 10, 13)),
    f.AreaRow("Amager Vest", Share(83.3, 79.0, 87.0, 431), 1, Places(1, 10, 13)),
    f.AreaRow("Indre By", Share(83.0, 78.6, 86.9, 405), 0, Places(1, 10, 13)),
    f.AreaRow("Vesterbro", Share(81.7, 77.1, 85.7, 391), 0, Places(1, 10, 13)),
    f.AreaRow("Kgs. Enghave", Share(80.4, 75.4, 84.8, 352), 0, Places(1, 12, 13)),
    f.AreaRow("Indre Nørrebro", Share(80.1, 75.2, 84.4, 376), 0, Places(1, 12, 13)),
    f.AreaRow("Vanløse", Share(79.6, 74.8, 83.8, 397), 0, Places(1, 12, 13)),
    f.AreaRow("Valby", Share(77.2, 72.5, 81.5, 428), 0, Places(1, 12, 13)),
    f.AreaRow("Amager Øst", Share(76.1, 71.2, 80.6, 402), 0, Places(1, 13, 13)),
    f.AreaRow("Christianshavn", Share(75.6, 70.0, 80.6, 318), 0, Places(1, 13, 13)),
    f.AreaRow("Ydre Nørrebro", OURS, -1, Places(5, 13, 13), ours=True),
    f.AreaRow("Bispebjerg", Share(70.2, 64.9, 75.2, 384), -1, Places(5, 13, 13)),
    f.AreaRow("Brønshøj-Husum", Share(64.3, 58.7, 69.6, 371), -1, Places(9, 13, 13)),
]


def points(first: int, *shares: tuple[float, float]) -> list[f.Point]:
    return [f.Point(str(first + index), close(share, 402, half)) for index, (share, half) in enumerate(shares)]


AFTER = [*points(2023, (69.6, 5.0), (72.4, 4.8), (73.5, 4.6)), f.Point("2026", OURS)]
BEFORE = points(2018, (66.1, 6.1), (68.3, 6.2), (71.4, 5.3), (70.0, 5.6), (68.6, 6.1))
REST_ALL = points(
    2018,
    (75.3, 1.6),
    (77.0, 1.6),
    (79.8, 1.4),
    (78.9, 1.5),
    (77.5, 1.6),
    (77.6, 1.4),
    (80.5, 1.4),
    (80.6, 1.3),
    (78.6, 1.4),
)

LEVELS = [
    f.ComparedRow("I dagtimerne", against(close(91.6, 486, 2.8), close(93.0, 4724, 0.9), (-1.4, -4.2, 1.4))),
    f.ComparedRow(
        "I nabolaget i det hele taget", against(close(83.1, 486, 3.8), close(86.2, 4724, 1.2), (-3.1, -6.9, 0.7))
    ),
    f.ComparedRow("I aften- og nattetimerne", against(OURS, REST, (-7.4, -12.0, -2.8), -1)),
    f.ComparedRow(
        "Ved stop og stationer, aften/nat", against(close(66.8, 486, 4.7), close(69.4, 4724, 1.5), (-2.6, -7.4, 2.2))
    ),
]
CHANGES = [
    f.ComparedRow("2025–2026", against(OURS, OURS, (-2.3, -8.6, 4.0), 0, 9.2)),
    f.ComparedRow("2024–2026", against(OURS, OURS, (-1.2, -7.6, 5.2), 0, 9.2)),
    f.ComparedRow("2023–2026", against(OURS, OURS, (1.6, -5.0, 8.2), 0, 9.5)),
]
TRENDS = [
    f.Trend(
        "Bekymrede for indbrud",
        "Faldet",
        against(OURS, OURS, (-14.2, -21.2, -7.2), -1),
        points(2023, (47.6, 5.4), (44.9, 5.2), (39.2, 4.9), (33.4, 4.5)),
    ),
    f.Trend(
        "Trygge i dagtimerne",
        "Ingen påvist ændring",
        against(OURS, OURS, (-0.7, -4.6, 3.2)),
        points(2023, (92.3, 2.9), (91.1, 3.0), (93.2, 2.6), (91.6, 2.8)),
    ),
    f.Trend(
        "Trygge i nabolaget i det hele taget",
        "Ingen påvist ændring",
        against(OURS, OURS, (-1.8, -7.1, 3.5)),
        points(2023, (84.9, 3.9), (86.1, 3.7), (85.6, 3.7), (83.1, 3.8)),
    ),
]
GROUPS = [
    f.GroupRow(
        "Alle", close(66.0, 684, 3.9), close(78.6, 634, 3.6), against(OURS, OURS, (-12.6, -17.9, -7.3), -1), total=True
    ),
    f.GroupRow("18–24 år", close(56.4, 134, 9.6), close(75.9, 127, 7.6), against(OURS, OURS, (-19.5, -32.0, -7.0), -1)),
    f.GroupRow("25–34 år", close(62.9, 214, 7.2), close(79.1, 206, 6.6), against(OURS, OURS, (-16.2, -25.8, -6.6), -1)),
    f.GroupRow("35–49 år", close(72.6, 152, 7.9), close(81.3, 148, 7.4), against(OURS, OURS, (-8.7, -19.2, 1.8))),
    f.GroupRow("50–64 år", close(71.8, 98, 10.0), close(78.4, 92, 9.6), against(OURS, OURS, (-6.6, -20.4, 7.2))),
    f.GroupRow("65–79 år", close(73.0, 58, 13.0), unsure(39), against(OURS, unsure(39), None)),
    f.GroupRow("80 år og over", SECRET, SECRET, against(SECRET, SECRET, None)),
]
ANSWERS = [
    f.AnswerBar("Ydre Nørrebro", 486, [close(v, 486, 3) for v in (28.9, 42.3, 10.4, 11.6, 4.7, 2.1)], OURS),
    f.AnswerBar("Resten af byen", 4724, [close(v, 4724, 1) for v in (37.8, 40.8, 8.9, 7.9, 2.9, 1.7)], REST, "rest"),
]
CATEGORIES = ("Meget tryg", "Tryg", "Hverken eller", "Utryg", "Meget utryg", "Ved ikke")


def worry(label: str, this: float, other: float, direction: int = 0) -> f.ComparedRow:
    gap = round(this - other, 1)
    return f.ComparedRow(
        label, against(close(this, 486, 4.6), close(other, 4724, 1.5), (gap, gap - 5, gap + 5), direction)
    )


WORRIES = [
    worry("Cykeltyveri", 58.3, 56.9),
    worry("Støj fra naboer", 49.1, 46.2),
    worry("Hærværk", 41.0, 38.4),
    worry("Grupper på gaden", 38.9, 27.6, 1),
    worry("Indbrud", 33.4, 36.1),
    worry("Vold og trusler", 25.6, 16.9, 1),
    worry("Røveri", 18.6, 16.0),
]


def satisfied(
    label: str, this: float, other: float, limits: tuple[float, float, float], box: tuple[float, ...], sure: int = 0
) -> f.SpineRow:
    return f.SpineRow(label, against(close(this, 486, 4.6), close(other, 4724, 1.5), limits, sure), *box)


SPINE = [
    satisfied("Butikker og byliv", 83.9, 74.1, (9.8, 6.0, 13.6), (-13, -5, 5, 9), 1),
    satisfied("Kollektiv transport", 88.4, 80.2, (8.2, 4.8, 11.6), (-14, -4, 4, 8), 1),
    satisfied("Cykelveje til resten af byen", 86.0, 84.1, (1.9, -1.7, 5.5), (-7, -3, 2, 4)),
    satisfied("Legepladser", 66.1, 68.0, (-1.9, -7.8, 4.0), (-12, -5, 4, 9)),
    satisfied("Lidt eller ingen støj fra trafik", 54.6, 57.3, (-2.7, -7.8, 2.4), (-16, -6, 6, 14)),
    satisfied("Grønne områder", 68.3, 77.6, (-9.3, -14.0, -4.6), (-14, -5, 5, 10), -1),
    satisfied("Vedligeholdelse", 54.0, 63.5, (-9.5, -14.6, -4.4), (-14, -6, 5, 12), -1),
    satisfied("Renholdelse", 46.8, 55.9, (-9.1, -14.2, -4.0), (-13, -6, 6, 12), -1),
]


def health(label: str, this: float, other: float, limits: tuple[float, float, float], sure: int = 0) -> f.ComparedRow:
    return f.ComparedRow(label, against(close(this, 1486, 2), close(other, 13920, 1), limits, sure))


HEALTH = [
    health("Svær overvægt", 10.2, 14.6, (-4.4, -6.3, -2.5), -1),
    health("Godt selvvurderet helbred", 84.1, 85.6, (-1.5, -3.7, 0.7)),
    health("Ensomhed", 14.4, 13.1, (1.3, -0.8, 3.4)),
    health("Lavt mentalt helbred", 22.0, 19.9, (2.1, -0.4, 4.6)),
    health("Daglig rygning", 11.6, 10.2, (1.4, -0.5, 3.3)),
    health("For lidt fysisk aktivitet (WHO)", 52.0, 53.4, (-1.4, -4.4, 1.6)),
    health("Højt stressniveau", 34.3, 28.6, (5.7, 2.8, 8.6), 1),
]
PLACED = [
    f.AreaTrend(name, points(2023, *[(end + step, 4.9) for step in steps], (end, 4.6)), verdict, column, row)
    for name, end, steps, verdict, column, row in (
        ("Brønshøj-Husum", 64.3, (4.7, 6.2, 6.7), "", 0, 0),
        ("Bispebjerg", 70.2, (-1.2, 1.4, 3.4), "", 1, 0),
        ("Ydre Nørrebro", 71.2, (-1.6, 1.2, 2.3), "", 2, 0),
        ("Østerbro", 84.6, (-3.0, 0.3, -1.2), "", 3, 0),
        ("Vanløse", 79.6, (0.7, 1.5, 0.1), "", 0, 1),
        ("Indre Nørrebro", 80.1, (-13.3, -6.0, 1.5), "steget", 2, 1),
        ("Indre By", 83.0, (-1.6, 1.4, 2.2), "", 3, 1),
        ("Christianshavn", 75.6, (0.5, 2.6, 3.3), "", 4, 1),
        ("Valby", 77.2, (0.6, 3.3, 3.9), "", 0, 2),
        ("Kgs. Enghave", 80.4, (-1.7, 1.0, 3.4), "", 1, 2),
        ("Vesterbro", 81.7, (-1.4, 0.7, 0.4), "", 2, 2),
        ("Amager Vest", 83.3, (-3.0, -0.9, 1.2), "", 3, 2),
        ("Amager Øst", 76.1, (-1.6, 1.2, 0.6), "", 4, 2),
    )
]

SAMPLES: dict[str, Callable[[], str]] = {
    "F1": lambda: f.level(
        f.Level("Ydre Nørrebro", OURS), f.Level("Resten af byen", REST, "rest"), title="F1", prefix="f1"
    ),
    "F2": lambda: f.trend(AFTER, title="F2", prefix="f2"),
    "F3": lambda: f.place_pill("Ydre Nørrebro", Places(5, 13, 13), title="F3", prefix="f3"),
    "F4": lambda: f.ranked(AREAS, f.Level("Hele byen", WHOLE, "rest"), title="F4", prefix="f4"),
    "F5": lambda: f.compared_levels(
        LEVELS, head="Andel trygge", area="Ydre Nørrebro", rest="Resten af byen", title="F5", prefix="f5"
    ),
    "F6": lambda: f.development(
        f.Series("Ydre Nørrebro", [*BEFORE, *AFTER]),
        f.Series("Resten af byen", REST_ALL),
        cut=f.Break("2023", "Brud: ny ordlyd i 2023"),
        unit="Pct. trygge",
        title="F6",
        prefix="f6",
    ),
    "F7": lambda: f.changes(CHANGES, title="F7", prefix="f7"),
    "F8": lambda: f.trends(TRENDS, title="F8", prefix="f8"),
    "F9": lambda: f.by_group(GROUPS, ("Kvinder", "Mænd"), title="F9", prefix="f9"),
    "F10": lambda: f.answers(ANSWERS, CATEGORIES, together="Trygge i alt", counted=2, title="F10", prefix="f10"),
    "F11": lambda: f.comparison_list(WORRIES, head="Bekymret for", title="F11", prefix="f11"),
    "F13": lambda: f.spine(
        SPINE, head="Andel tilfredse", less="færre tilfredse", more="flere tilfredse", title="F13", prefix="f13"
    ),
    "F14": lambda: f.differences(
        HEALTH,
        head="Aldersstandardiseret, pct.",
        area="Nørrebro",
        less="lavere andel",
        more="højere andel",
        title="F14",
        prefix="f14",
    ),
    "T1": lambda: f.micro_interval(Share(66.8, 58.8, 74.1, 188), (50, 85), reference=78.6, title="T1", prefix="t1"),
    "city-F2": lambda: f.ranked_short(AREAS, f.Level("Hele byen", WHOLE, "rest"), title="City F2", prefix="c2"),
    "city-F3": lambda: f.placed_trends(PLACED, [f.PlaceName("Frederiksberg", 1, 1)], title="City F3", prefix="c3"),
    "example": lambda: f.reading_example(
        f.Level("", OURS),
        f.Level("", REST, "rest"),
        dot_note="71,2 % af svarene, vægtet",
        title="Eksempel",
        prefix="e1",
    ),
    "small": lambda: f.levels_small(
        [f.Level("Ydre Nørrebro", OURS), f.Level("Resten af byen", REST, "rest")], title="F2", prefix="s2"
    ),
    "hundred": lambda: f.hundred_dots(OURS, title="Hundrede prikker", prefix="h1"),
    "sign-secret": lambda: f.sign(Withheld.SECRET, title="Skraveret firkant", prefix="s1"),
    "sign-unsure": lambda: f.sign(Withheld.UNRELIABLE, title="Stiplet ring", prefix="s2"),
    "sign-decided": lambda: f.sign(Withheld.DECIDED, title="Tom firkant", prefix="s3"),
    "mark-break": lambda: f.mark("break", title="Skraveret felt", prefix="m1"),
}
