"""``docs/mending.md``, generated: which rules have a mender, what it does, and which are left to a human."""

from collections.abc import Iterable, Mapping
from typing import Any

from socle.mending.carrier import CARRIERS
from socle.mending.model import Menders
from socle.mending.repair import REPAIRED
from socle.mending.soap import UNREADABLE
from socle.rules import Rule

_HEAD = """# The mended request

Generated from the code by `make docs`; do not edit.

For any exchange in the journal, each simulator gives the request that would have been right: the message as it was
received, with each mechanical finding mended and every other byte as it came.

```sh
url=http://127.0.0.1:8080/_sandbox/dmp_sim/mended/{exchangeId}
curl $url         # what was changed, what is left to a human, the request
curl $url/body    # the request alone, under the Content-Type to send
```

The mended request was rehearsed: parsed and checked by the very code that takes real requests, stopped before its
commit. What that rehearsal still finds is in `left`: somebody has to decide (which patient? which document? which
software?). Where the registry knows a deposit's identifiers already, new ones are given. An exchange that is
redacted, was not kept whole, or whose content is gone cannot be mended: 409 says which. So it does for what is neither
a SOAP call nor a mail (`/fhir`, Pro Santé Connect): the findings' remedies tell what to change. A signature that covers
what was changed has to be made anew ([signing](assertions.md#signing)). An assertion that is signed is not touched.

"""
_TABLE = "| rule | what is done |\n| --- | --- |\n"


def page(
    menders: Iterable[Menders[Any, Any]], rules: Iterable[Rule], more: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """The whole page as Markdown. ``more``: rules that are answered otherwise than by a mender, and its words."""
    told = {mender.rule: (mender.fr, mender.en) for each in menders for mender in each}
    told |= more or {}
    told |= dict.fromkeys(UNREADABLE, REPAIRED)
    for rule, _, fr, en in CARRIERS:
        told.setdefault(rule.id, (fr, en))
    known = {rule.id: rule for rule in rules}
    left = [rule for rule in known.values() if rule.id not in told]
    parts = [_HEAD, f"{len(told)} of {len(known)} rules have a mender.\n\n## Mended\n\n", _TABLE]
    parts += [f"| `{rule}` | {_cell(en)}<br>*{_cell(fr)}* |\n" for rule, (fr, en) in sorted(told.items())]
    parts += ["\n## Left to a human\n\n| rule | what he is told |\n| --- | --- |\n"]
    parts += [f"| `{rule.id}` | {_cell(rule.remedy)} |\n" for rule in sorted(left, key=lambda rule: rule.id)]
    return "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
