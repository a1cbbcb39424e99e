"""What of a call to INSi is mended by rule; ``MENDERS`` has them all."""

from ins_sim.domain.mending import body, header, vitale
from ins_sim.domain.mending.base import MENDERS, Asked
from ins_sim.domain.mending.body import transcribed

__all__ = ["MENDERS", "Asked", "body", "header", "transcribed", "vitale"]
