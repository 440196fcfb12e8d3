"""Shares without an answer: what they are out of, and which of their moves are told."""

from tryghed.definitions.unanswered import Shift, Unanswered, shifts


def asked(respondents=1000, **kinds):
    return Unanswered(respondents, {name.replace("_", " "): count for name, count in kinds.items()})


def test_who_was_not_asked_is_out_of_all_and_who_gave_no_answer_of_those_asked():
    # Guards against a filter that makes »ved ikke« rarer, though as many of those asked do not know.
    one = asked(filtreret_fra=500, ved_ikke=50)

    assert one.share("filtreret fra") == 0.5
    assert one.share("ved ikke") == 0.1
    assert one.share("mangler") == 0


def test_a_filter_nobody_declared_shows_and_the_largest_move_comes_first():
    before = {"a": asked(mangler=20), "b": asked(ved_ikke=100), "c": asked()}
    after = {"a": asked(mangler=620), "b": asked(ved_ikke=160), "d": asked(mangler=900)}

    assert shifts(before, after, 5) == (
        Shift("a", "mangler", 0.02, 0.62), Shift("b", "ved ikke", 0.1, 0.16),
    )  # fmt: skip


def test_moves_up_to_the_limit_and_items_nobody_was_asked_are_not_told():
    before = {"a": asked(100, ved_ikke=10), "b": asked(100, ikke_stillet=100)}
    after = {"a": asked(100, ved_ikke=15), "b": asked(100, ikke_stillet=100, ved_ikke=0)}

    assert shifts(before, after, 5) == ()
