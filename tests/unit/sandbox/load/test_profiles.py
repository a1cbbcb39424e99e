"""Profiles, their units, and curves of one's own."""

from pathlib import Path

import pytest

from sandbox.load.acts import EVENTS, NATION, Act, events_per_act
from sandbox.load.command import BadOption, Wanted, addresses
from sandbox.load.profiles import NAMES, BadProfile, from_file, named


def test_events_per_act_is_the_mean_of_what_the_acts_emit() -> None:
    assert events_per_act({Act.LOOKUP: 1, Act.DEPOSIT: 1}) == 1.5
    assert events_per_act({Act.MAIL: 3}) == EVENTS[Act.MAIL] == 2
    assert events_per_act(NATION) == pytest.approx((14.9 + 32 + 0.5 + 18.6 + 1.8) / 42.5)


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_is_the_peak_in_events_or_acts(name: str) -> None:
    by_events, by_acts = named(name, events_rate=290), named(name, acts_rate=50)

    assert by_events.curve.peak * by_events.events_per_act == pytest.approx(290)
    assert by_acts.curve.peak == pytest.approx(50)


def test_the_issues_figures_are_the_profiles_own() -> None:
    assert named("constant").curve.peak * named("constant").events_per_act == pytest.approx(290)
    assert named("national-hour").curve.duration == 600
    burst = named("burst")
    assert burst.curve.peak * burst.events_per_act == pytest.approx(1150)


def test_scale_and_duration_stretch_a_curve() -> None:
    profile = Wanted("burst", scale=0.5, duration=45).settled()

    assert profile.curve.duration == pytest.approx(45)
    assert profile.curve.peak * profile.events_per_act == pytest.approx(575)


def curve_file(folder: Path, text: str) -> Path:
    path = folder / "curve.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_curve_of_ones_own(tmp_path: Path) -> None:
    path = curve_file(
        tmp_path,
        """
        name: nuit
        label: La nuit
        unit: acts/s
        points: [{at: 0, rate: 5}, {at: 30, rate: 20}]
        mix: {lookup: 1, mail: 1}
        documents: {bio: 1}
        """,
    )
    profile = from_file(path)

    assert (profile.name, profile.label_fr) == ("nuit", "La nuit")
    assert profile.curve.rate(15) == 12.5
    assert profile.mix == {Act.LOOKUP: 1, Act.MAIL: 1}
    assert profile.documents == {"bio": 1}


def test_events_are_the_unit_unless_the_file_says_acts(tmp_path: Path) -> None:
    path = curve_file(tmp_path, "{points: [{at: 0, rate: 30}, {at: 9, rate: 30}], mix: {mail: 1}}")

    assert from_file(path).curve.rate(1) == 15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("points: [{at: 0, rate: 1}]", "points"),
        ("points: [{at: 0, rate: 1}, {at: 5}]", r"points\.1\.rate"),
        ("points: [{at: 0, rate: 1}, {at: 5, rate: fast}]", r"points\.1\.rate"),
        ("points: [{at: 0, rate: 1}, {at: 5, rate: 1}]\nmix: {fax: 1}", "fax"),
        ("points: [{at: 0, rate: 1}, {at: 5, rate: 1}]\nmix: {mail: 0}", "above zero"),
        ("points: [{at: 0, rate: 1}, {at: 5, rate: 1}]\ncolour: red", "colour"),
        ("points: [{at: 3, rate: 1}, {at: 5, rate: 1}]", "first at 0"),
        ("points: [", "YAML"),
        ("", "file"),
    ],
)
def test_a_bad_file_is_told_where_it_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadProfile, match=said):
        from_file(curve_file(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="No such file"):
        from_file(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("wanted", "option"),
    [
        (Wanted(rate=1, acts_rate=1), "--acts-rate"),
        (Wanted(curve=Path("x"), rate=1), "--curve"),
        (Wanted(curve=Path("absent.yaml")), "--curve"),
        (Wanted("lunch"), "--profile"),
    ],
)
def test_options_that_contradict_one_another(wanted: Wanted, option: str) -> None:
    with pytest.raises(BadOption) as raised:
        wanted.settled()
    assert raised.value.option == option


@pytest.mark.parametrize(
    ("url", "services", "smtp", "option"),
    [
        ("https://host", [], "host:25", "--url"),
        ("http://host/path", [], "host:25", "--url"),
        ("http://host", ["fax_sim=http://host"], "host:25", "--service"),
        ("http://host", ["dmp_sim"], "host:25", "--service"),
        ("http://host", ["dmp_sim=ftp://host"], "host:25", "--service"),
        ("http://host", [], "host", "--smtp"),
    ],
)
def test_addresses_that_are_none(url: str, services: list[str], smtp: str, option: str) -> None:
    with pytest.raises(BadOption) as raised:
        addresses(url, services, smtp)
    assert raised.value.option == option


def test_a_service_may_stand_elsewhere() -> None:
    urls, smtp = addresses("http://edge:8080/", ["metrics=http://metrics:81"], "[::1]:2587")

    assert urls["metrics"] == "http://metrics:81"
    assert urls["dmp_sim"] == "http://edge:8080"
    assert smtp == ("::1", 2587)
