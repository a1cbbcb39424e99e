"""What a good client does about a fault, in French and English: the sentences that many entries share.

Ours throughout, drawn from the semantics of SMTP (RFC 5321 §4.5.4), XDS and the guides' demand for a distinct message
for each code (EX_GEN-1145).
"""

from typing import Final, NamedTuple


class Advice(NamedTuple):
    """One piece of advice."""

    fr: str
    en: str

    def then(self, fr: str, en: str) -> "Advice":
        """With one more sentence."""
        return Advice(f"{self.fr} {fr}", f"{self.en} {en}")


RETRY: Final = Advice(
    "Réessayer tel quel, d'abord après une minute, puis à délais croissants ; après une heure, prévenir l'utilisateur.",
    "Try again unchanged, after one minute first, then at growing intervals; after an hour, tell the user.",
)
RETRY_SOON: Final = Advice(
    "Réessayer tel quel après quelques secondes, puis à délais croissants ; prévenir l'utilisateur qui attend.",
    "Try again unchanged after a few seconds, then at growing intervals; tell the user who waits.",
)
CORRECT: Final = Advice(
    "Ne jamais réessayer tel quel : corriger le message. Montrer à l'utilisateur le code et ce qu'il signifie.",
    "Never try again unchanged: correct the message. Show the user the code and what it means.",
)
SETTINGS: Final = Advice(
    "Ne pas réessayer : le paramétrage est en cause. Prévenir l'utilisateur, son administrateur et l'éditeur.",
    "Do not try again: the settings are at fault. Tell the user, the administrator and the editor.",
)
TELL: Final = Advice(
    "Ne pas réessayer : rien n'y changera. Dire à l'utilisateur pourquoi, et ce qu'il peut faire.",
    "Do not try again: it would change nothing. Tell the user why, and what can be done.",
)
UNSURE: Final = Advice(
    "L'acte a pu être enregistré : vérifier avant de réessayer, et réessayer avec les mêmes identifiants.",
    "The act may have been stored: look before trying again, and try again with the same identifiers.",
)
INCOMPLETE: Final = Advice(
    "Rejeter la réponse entière, ne rien afficher ni ranger de ce qui est incomplet, et redemander.",
    "Reject the whole answer, show and store nothing of what is incomplete, and ask again.",
)
