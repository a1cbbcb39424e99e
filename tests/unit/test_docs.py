"""The pages hold together: links lead somewhere, everybody finds his page, and the commands shown exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from sandbox.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
_READMES = [page for folder in ("clients", "tests") for page in (ROOT / folder).glob("*/README.md")]
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *_READMES])
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
_COMMAND = re.compile(r"(?:^|[;|&(]\s*|\bin/)socles((?: +(?![|&;#>])\S+)+)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """File and anchor of each link that stays in the repository."""
    for target in _LINK.findall(_FENCED.sub("", text(page))):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = unquote(target).partition("#")
            yield ((page.parent / path).resolve() if path else page), anchor


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found: dict[str, int] = {}
    for heading in _HEADING.findall(_FENCED.sub("", text(page))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {slug if again == 0 else f"{slug}-{again}" for slug, last in found.items() for again in range(last + 1)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    dead = [
        f"{target}#{anchor}" if anchor else str(target)
        for target, anchor in links(page)
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target))
    ]
    assert dead == []


def test_every_page_is_two_clicks_from_the_index_at_most() -> None:
    near = {INDEX, *(target for target, _ in links(INDEX))}
    near |= {target for page in near if page.suffix == ".md" for target, _ in links(page)}
    assert [name(page) for page in DOCS.rglob("*.md") if page not in near] == []
    assert INDEX in {target for target, _ in links(ROOT / "README.md")}


def shell(page: Path) -> Iterator[str]:
    """The lines of its shell blocks, continued ones joined, comments left out."""
    for block in _SHELL.findall(text(page)):
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            yield re.sub(r"(^|\s)#.*", "", line)


def commands() -> list[tuple[str, str]]:
    return [(name(page), said.strip()) for page in PAGES for line in shell(page) for said in _COMMAND.findall(line)]


def wrong(said: str) -> str:
    """What ``socles`` would not understand of a command shown; empty when it would."""
    words = shlex.split(said.replace("…", "x"))
    command = get_command(app)
    while isinstance(command, TyperGroup) and not (words and words[0].startswith("--")):
        if not words or words[0] not in command.commands:
            return f"no command {' '.join(words[:1])!r}"
        command, words = command.commands[words[0]], words[1:]
    options = (one for one in command.params if isinstance(one, TyperOption))
    known = {flag for one in options for flag in (*one.opts, *one.secondary_opts)}
    known |= {"--help", "--install-completion"}
    return ", ".join(word for word in words if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known)


def test_commands_shown_exist() -> None:
    shown = commands()
    assert len(shown) > 40, "the pages' commands are not found any more"
    assert [(page, said, bad) for page, said in shown if (bad := wrong(said))] == []


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert wrong("up --port 8080") == ""
    assert wrong("up --http-port 8080") == "--http-port"
    assert wrong("exchange frobnicate last") == "no command 'frobnicate'"


def test_make_targets_shown_exist() -> None:
    there = set(_TARGET.findall(text(ROOT / "Makefile")))
    shown = {target for page in PAGES for target in re.findall(r"`make ([a-z-]+)", text(page))}
    shown |= {target for page in PAGES for line in shell(page) for target in re.findall(r"^make ([a-z-]+)", line)}
    assert shown - there == set()
