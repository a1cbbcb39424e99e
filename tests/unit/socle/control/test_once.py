"""What follows from options is worked out once for as long as they stay."""

from collections.abc import Mapping

from socle.control.once import OncePerOptions


def test_it_is_worked_out_once_for_each_mapping_and_for_each_other_argument() -> None:
    asked: list[tuple[Mapping[str, str], int]] = []

    def work(options: Mapping[str, str], number: int) -> str:
        asked.append((options, number))
        return f"{options.get('a')}{number}"

    once = OncePerOptions(work)
    first, second = {"a": "x"}, {"a": "y"}
    assert [once(first, 1), once(first, 1), once(first, 2), once(second, 1), once(first, 1)] == [
        "x1",
        "x1",
        "x2",
        "y1",
        "x1",
    ]
    assert asked == [(first, 1), (first, 2), (second, 1)]


def test_equal_options_that_are_another_mapping_are_worked_out_again_and_few_are_kept() -> None:
    once = OncePerOptions(lambda options: options)
    kept = [{"n": "1"} for _ in range(1000)]
    assert all(once(options) is options for options in kept)
    assert len(once._known) <= 256
