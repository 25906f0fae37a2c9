"""Statuses of an invoice's life (flow 6), who may say them, and what the invented customers do by themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

PLATFORM, BUYER, SELLER = "platform", "buyer", "seller"


@dataclass(frozen=True)
class Status:
    """One status. `condition`: code of the document's state in the message (MDT-88); `reasons`: the closed list of those it takes."""

    code: str
    label: str
    actor: str
    condition: str = ""
    reasons: tuple[str, ...] = ()
    needs_reason: bool = False
    needs_note: bool = False


_LINE = ("REF_ERR", "PU_ERR", "REM_ERR", "QTE_ERR", "ART_ERR", "MODPAI_ERR", "QUALITE_ERR", "LIVR_INCOMP")  # fmt: skip
_ORDER = ("CMD_ERR", "SIRET_ERR", "CODE_ROUTAGE_ERR", "REF_CT_ABSENT")
_REFUSED = (
    "TX_TVA_ERR", "MONTANTTOTAL_ERR", "CALCUL_ERR", "NON_CONFORME", "DOUBLON", "DEST_ERR", "TRANSAC_INC", "EMMET_INC", "CONTRAT_TERM",
    "DOUBLE_FACT", "CMD_ERR", "ADR_ERR", "REF_CT_ABSENT",
)  # fmt: skip
_DISPUTED = (
    "AUTRE", "COORD_BANC_ERR", "TX_TVA_ERR", "MONTANTTOTAL_ERR", "CALCUL_ERR", "NON_CONFORME", "DOUBLON", "DEST_INC", "DEST_ERR",
    "TRANSAC_INC", "EMMET_INC", "CONTRAT_TERM", "DOUBLE_FACT", "ADR_ERR", *_ORDER, *_LINE,
)  # fmt: skip
_REJECTED = (
    "MONTANTTOTAL_ERR", "CALCUL_ERR", "DOUBLON", "DEST_INC", "ADR_ERR", "REJ_SEMAN", "REJ_UNI", "REJ_COH", "REJ_ADR", "REJ_CONT_B2G",
    "REJ_REF_PJ", "REJ_ASS_PJ",
)  # fmt: skip

STATUSES = {
    status.code: status
    for status in (
        Status("200", "Déposée", PLATFORM, "10", ("NON_TRANSMISE",)),
        Status("201", "Émise par la plateforme", PLATFORM, "43"),
        Status("202", "Reçue par la plateforme", PLATFORM, "43"),
        Status("203", "Mise à disposition", PLATFORM, "48"),
        Status("204", "Prise en charge", BUYER, "45"),
        Status("205", "Approuvée", BUYER, "1"),
        Status("206", "Approuvée partiellement", BUYER, "49", ("AUTRE", *_ORDER, *_LINE), True),
        Status("207", "En litige", BUYER, "46", _DISPUTED, True),
        Status("208", "Suspendue", BUYER, "39", ("JUSTIF_ABS", "COORD_BANC_ERR", *_ORDER, "REF_ERR"), True, True),
        Status("209", "Complétée", SELLER, "37"),
        Status("210", "Refusée", BUYER, "50", _REFUSED, True, True),
        Status("211", "Paiement transmis", BUYER, "47"),
        Status("212", "Encaissée", SELLER, "47"),
        Status("213", "Rejetée", PLATFORM, "8", _REJECTED, True),
        Status("214", "Visée", BUYER),
        Status("220", "Annulée", SELLER),
        Status("221", "Erreur de routage", PLATFORM, "8", ("ROUTAGE_ERR",)),
        Status("224", "Demande de paiement direct", SELLER),
        Status("225", "Affacturée", SELLER),
        Status("226", "Affacturée confidentiel", SELLER),
        Status("227", "Changement de compte à payer", SELLER),
        Status("228", "Non affacturée", SELLER),
    )
}  # fmt: skip
FINAL = {"210", "213", "220"}
REASONS = {
    "NON_TRANSMISE": "Le destinataire n’a pas de plateforme joignable",
    "DEST_INC": "Destinataire inconnu",
    "REJ_ADR": "Adresse de facturation électronique absente de l’annuaire",
    "REJ_SEMAN": "Fichier illisible ou incomplet",
    "TX_TVA_ERR": "Taux de TVA erroné",
    "JUSTIF_ABS": "Justificatif absent",
    "QTE_ERR": "Quantité facturée erronée",
    "PU_ERR": "Prix unitaire erroné",
    "NON_CONFORME": "Mention légale manquante",
    "CMD_ERR": "Numéro de commande incorrect ou manquant",
    "DOUBLON": "Facture en double",
}

# What a customer does once the invoice is at its disposal, by `key` of companies.json: (moments waited, code, reason, note).
BEHAVIOURS: dict[str, tuple[tuple[int, str, str, str], ...]] = {
    "one_line": ((1, "204", "", ""), (2, "205", "", ""), (4, "211", "", "")),
    "bookshop": ((1, "204", "", ""), (2, "210", "TX_TVA_ERR", "Le taux attendu est 5,5 % : ce sont des livres.")),
    "routing_codes": ((1, "204", "", ""), (2, "207", "QTE_ERR", "Deux colis manquaient à la livraison.")),
    "sole_trader": (),
    "non_diffusible": ((1, "204", "", ""), (2, "208", "JUSTIF_ABS", "Joindre le bon de livraison signé.")),
    "many_lines": ((1, "204", "", ""), (2, "206", "PU_ERR", "Le prix de la ligne 1 n’est pas celui du contrat.")),
    "association": ((1, "204", "", ""),),
    "overseas": ((1, "204", "", ""), (8, "205", "", "")),
    "suffix_line": ((1, "213", "REJ_SEMAN", "La plateforme du client ne peut pas lire ce fichier."),),
    "corsica": ((1, "204", "", ""), (2, "205", "", "")),
}  # fmt: skip
MEANING = {
    "one_line": "approuve puis annonce son paiement",
    "bookshop": "refuse (taux de TVA)",
    "routing_codes": "met en litige (quantité)",
    "sole_trader": "ne répond jamais",
    "non_diffusible": "suspend jusqu’au justificatif, puis approuve une fois complétée",
    "many_lines": "approuve partiellement",
    "association": "prend en charge, sans suite",
    "overseas": "approuve, mais tard",
    "suffix_line": "sa plateforme rejette",
    "corsica": "approuve sans payer",
}


def label(code: str) -> str:
    """The French word of a status, also of one that does not exist."""
    return STATUSES[code].label if code in STATUSES else "Statut inconnu"


def refusal(
    code: str, role: str, history: Collection[str], available: bool, message: dict[str, Any]
) -> tuple[str, str] | None:
    """Why a company may not say this status now, as an acknowledgement code of the annex with its text.

    :param role: `buyer` or `seller` of the invoice.
    :param history: codes said so far.
    :param available: the invoice lies in the buyer's in-box.
    :param message: what the message says: `reasons`, `note`, `amounts`, and `rates` of the invoice (empty when not read).
    """
    status = STATUSES.get(code)
    if status is None:
        return "InvoiceLCInvalidStatus", f"Le statut {code} n’existe pas."
    if status.actor == PLATFORM:
        return "InvoiceLCInvalidStatus", f"Le statut {code} est réservé aux plateformes."
    if status.actor != role:
        return "InvoiceLCAccessDenied", f"Le statut {code} appartient à l’autre partie."
    if FINAL & set(history):
        return (
            "InvoiceLCStatusError",
            "La facture est refusée, rejetée ou annulée : plus aucun statut.",
        )
    if role == BUYER and not (available or {"203", "204"} & set(history)):
        return "InvoiceLCStatusError", "La facture n’est pas encore mise à disposition."
    if code == "209" and "208" not in history:
        return "InvoiceLCStatusError", "Complétée ne répond qu’à Suspendue."
    if code == "211" and not {"205", "206"} & set(history):
        return "InvoiceLCStatusError", "Un paiement suit une approbation."
    if code == "212" and not history and not available:
        return "InvoiceLCStatusError", "La facture n’est pas encore déposée."
    return _content_refusal(status, message)


def _content_refusal(status: Status, message: dict[str, Any]) -> tuple[str, str] | None:
    reasons = message["reasons"]
    if status.needs_reason and not reasons:
        return "InvoiceLCRuleError", f"Le statut {status.code} demande un motif."
    wrong = [reason for reason in reasons if status.reasons and reason not in status.reasons]
    if wrong:
        return "InvoiceLCRuleError", f"Le motif {wrong[0]} n’est pas de ce statut."
    if status.code == "210" and not message["note"]:
        return "InvoiceLCRuleError", "Un refus demande un commentaire."
    if status.code == "212":
        cashed = [row for row in message["amounts"] if row["type"] == "MEN"]
        if not cashed or not all(row["amount"] and row["rate"] for row in cashed):
            return "InvoiceLCAmountError", "Encaissée demande un montant MEN par taux de TVA."
        rates = message["rates"]
        if rates and any(float(row["rate"]) not in rates for row in cashed):
            return "InvoiceLCAmountError", "Un taux de TVA n’est pas de cette facture."
    return None
