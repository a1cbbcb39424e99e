"""Every variable of the Compose file is explained in .env.example, with its real default, and the other way."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
USED = re.compile(r"\$\{(SOCLES_[A-Z_]+):-((?:[^{}]|\{[^{}]*\})*)\}")
EXPLAINED = re.compile(r"^(SOCLES_[A-Z_]+)=(.*)$", re.MULTILINE)


def used() -> dict[str, set[str]]:
    """Variable → defaults that the Compose file gives it; those within another's default too."""
    found: dict[str, set[str]] = {}
    text = COMPOSE
    while matches := USED.findall(text):
        for name, default in matches:
            found.setdefault(name, set()).add(default)
        text = "\n".join(default for _name, default in matches)
    return found


def test_every_variable_has_a_default_for_an_empty_value_too() -> None:
    unguarded = re.findall(r"(?<!\$)\$\{?(SOCLES_[A-Z_]+)(?!:-)(?![A-Z_:])", COMPOSE)
    assert unguarded == []


def test_the_example_explains_exactly_the_variables_of_the_compose_file() -> None:
    assert set(dict(EXPLAINED.findall(EXAMPLE))) == set(used())


def test_the_example_tells_the_default_and_everyone_gets_the_same() -> None:
    explained = dict(EXPLAINED.findall(EXAMPLE))
    told = {name: {value} for name, value in explained.items() if value}
    assert {name: defaults for name, defaults in used().items() if name in told} == told


def test_every_variable_is_preceded_by_an_explanation() -> None:
    before = ""
    for line in EXAMPLE.splitlines():
        if EXPLAINED.match(line):
            assert before.startswith("# ") or EXPLAINED.match(before), line
        before = line


def test_scaled_services_claim_no_name_and_no_port_of_the_machine() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for name in ("ins_sim", "dmp_sim", "mss_sim", "metrics"):
        assert not {"container_name", "ports"} & set(services[name])
