"""Names and places the generator draws from. Family names and towns are common or invented; nobody real is meant."""

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FAMILY_NAMES = _words(
    """
    ABADIE ALLARD ANDRE ARNAUD AUBERT BAILLY BARBIER BARON BARRE BENOIT BERGER BERTHELOT BESSON BLANCHARD BOUCHER
    BOURGEOIS BOUVIER BRETON BRUNET CARON CARPENTIER CHARPENTIER CHEVALIER CLEMENT COLIN COLLET COUSIN DANIEL
    DELATTRE DELORME DENIS DESCHAMPS DIDIER DUBREUIL DUCHENE DUMONT DUPUIS DUVAL ETIENNE FABRE FAVRE FERRAND FLEURY
    FONTAINE FOURNIER GAILLARD GARNIER GAUTIER GERARD GILBERT GIRAUD GRONDIN GUICHARD GUILLOT HAMON HARDY HENRY
    HERVE HUBERT HUET JACQUET JOLY JULIEN KLEIN LACROIX LAMBERT LANGLOIS LE-GOFF LEBLANC LECLERC LEFORT LEGRAND
    LEMAIRE LEROUX MAILLARD MALLET MARCHAND MARTY MASSON MEUNIER MEYER MICHAUD MONNIER MOREL MOULIN NICOLAS NOEL
    OLIVIER PARIS PASQUIER PAYET PELLETIER PERRIN PICARD POIRIER POULAIN PREVOST RENAUD REY RIVIERE ROBIN ROLLAND
    ROUSSEL ROUX ROYER SAUVAGE SCHMITT SIMON TESSIER THIERY TISSOT VASSEUR VERDIER VIDAL VINCENT WEBER D'ALMEIDA
    DE-LA-TOUR L'HOSTIS SAINT-MARTIN
    """
)

GIVEN_NAMES = {
    "F": _words(
        """
        ADELE AGATHE ALICE AMANDINE ANAIS ANNE-MARIE AUDREY AURORE BRIGITTE CAMILLE CATHERINE CELINE CHANTAL
        CHLOE CLAIRE COLETTE DENISE ELISE ELODIE EMMA ESTELLE FANNY FRANCOISE GENEVIEVE HELENE INES ISABELLE
        JEANNE JULIE JULIETTE LEA LOUISE LUCIE MADELEINE MANON MARGAUX MARIE MARIE-CLAUDE MARTINE MATHILDE
        MONIQUE NADIA NATHALIE NICOLE ODETTE PAULINE RENEE ROSE SARAH SIMONE SOPHIE SUZANNE SYLVIE VALERIE
        YASMINE YVONNE
        """
    ),
    "M": _words(
        """
        ADRIEN ALAIN ALEXANDRE ANDRE ANTOINE ARTHUR BAPTISTE BERNARD BRUNO CHRISTIAN CLAUDE CYRIL DAMIEN DANIEL
        DAVID DENIS DIDIER EMILE ERIC ETIENNE FABIEN FRANCOIS GABRIEL GEORGES GERARD GUILLAUME HENRI HUGO
        JACQUES JEAN JEAN-PIERRE JEROME JULES KARIM LAURENT LEO LOUIS LUCAS MARC MARCEL MATHIS MAURICE MAX
        MICHEL NATHAN NICOLAS NOE OLIVIER PASCAL PAUL PHILIPPE PIERRE RAYMOND REMI ROBERT ROGER SAMUEL SERGE
        THEO THIERRY THOMAS VICTOR YANN YVES
        """
    ),
}

BIRTH_PLACES = _words(
    """
    75112 75114 75115 13203 69383 31555 06088 44109 67482 34172 33063 59350 35238 51454 63113 21231 76540 29019
    38185 80021 54395 57463 86194 87085 45234 37261 49007 72181 14118 25056 64445 66136 2A004 2B033 2A247 2B096
    97411 97105 97209 97302 99109 99127 99134 99139 99350 99351 99352
    """
)
"""COG of large towns, Corsica, overseas départements and, from 99, of foreign countries."""


class Territory(NamedTuple):
    """A département, its region, and towns that do not exist."""

    department: str
    region: str
    ght: str
    towns: tuple[str, ...]


TERRITORIES = (
    Territory(
        "69", "Auvergne-Rhône-Alpes", "GHT Val de Brevenne", ("Montclar-sur-Azergues", "Villeclaire", "Oulgrange")
    ),
    Territory("35", "Bretagne", "GHT Haute Vilaine", ("Plouvarzel", "Saint-Aubrac", "Kermaria-les-Bois")),
    Territory("31", "Occitanie", "GHT Garonne et Hers", ("Castelrive", "Montaudran-le-Vieux", "Aurenque")),
    Territory("59", "Hauts-de-France", "GHT Plaine de Lys", ("Wavrechies", "Lambrecourt", "Estreux-la-Neuve")),
    Territory("2A", "Corse", "GHT Corse-du-Sud", ("Porto-Vallincu", "Sarraconi")),
    Territory("67", "Grand Est", "GHT Ried et Vignoble", ("Obersheim-les-Bains", "Rosenwiller-le-Haut")),
    Territory("974", "La Réunion", "GHT Sud Réunion", ("Saint-Expédit", "La Ravine-Blanche")),
    Territory("33", "Nouvelle-Aquitaine", "GHT Entre Deux Rives", ("Latresne-Médoc", "Sainte-Colombe-du-Port")),
)

SAINTS = (
    "Saint-Roch",
    "Sainte-Odile",
    "Saint-Yves",
    "des Tilleuls",
    "du Parc",
    "de la Source",
    "Beau-Soleil",
    "les Ormes",
)
