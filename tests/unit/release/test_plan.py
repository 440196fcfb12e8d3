from tryghed.release.plan import Plan, Request


def request(*, indicators, area_sets=("districts",), ranked=()):
    return Request("tryghed", ("2025",), area_sets, ("",), indicators, ranked=ranked)


def test_the_level_for_ranks_is_shared_by_every_ranking_a_release_prints():
    # A city report and a district report rank the same indicator: one ranking, not two. A second area set or a second
    # indicator is one more chance of a wrong place, and each used to be given the whole level.
    wanted = Plan(
        "tryghed", "2025", "districts",
        (
            request(indicators=("a", "b"), ranked=("a",)),
            request(indicators=("a", "c"), ranked=("a",)),
            request(indicators=("a",), area_sets=("districts", "bydele"), ranked=("a", "b")),
            request(indicators=("a",)),
        ),
        (),
    )  # fmt: skip

    assert wanted.rankings == 4
