"""The page of the platform for people: what it holds, company by company, and its switches. Plain HTML forms, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import lifecycle
from .companies import by_key, by_siren, playing
from .invoices import CASES, LABELS

if TYPE_CHECKING:
    from .pa import Platform

OWN = by_key()["own_company"]["siren"]
SHOWN = 25
LIFECYCLES = {
    "manual": "rien ne se dit tout seul",
    "platform": "les plateformes disent Déposée, Reçue, Mise à disposition",
    "auto": "les clients répondent aussi, chacun à sa façon",
}
ACKS = {"Pending": ("en cours", "wait"), "Ok": ("accepté", "good"), "Error": ("refusé", "bad")}
FAULTS = {
    "refuse": "coupe la connexion sans rien lire",
    "vanish": "prend le dépôt, puis ne répond pas",
    "cut": "coupe au milieu de la réponse",
    "slow": "répond tard, puis agit",
    "slow_after": "agit, puis répond tard",
    "trickle": "répond octet par octet",
    "huge": "réponse sans fin",
    "html": "page HTML à la place de la réponse",
    "garbage": "réponse illisible",
    "unauthorized": "401, jeton refusé",
    "forbidden": "403, accès interdit",
    "not_found_html": "404 en HTML",
    "too_many": "429, trop de demandes",
    "error_500": "500, erreur interne",
    "bad_gateway": "502 en HTML",
    "unavailable": "503, arrêté",
    "unavailable_retry": "503 avec délai",
    "redirect_private": "renvoie vers une adresse privée",
    "redirect_loop": "renvoie sans fin",
    "token_refused": "identifiants refusés",
    "token_short": "jeton d’une seconde",
    "token_expired": "jeton expiré en cours de lot",
    "token_missing": "pas de jeton dans la réponse",
    "total_unknown": "annuaire : total inconnu",
    "ack_error": "dépôt refusé à l’accusé",
    "ack_never": "accusé jamais rendu",
    "ack_strange": "accusé d’un mot inconnu",
    "no_identifier": "dépôt pris sans numéro de flux",
    "wrong_checksum": "fichier arrivé altéré (empreinte fausse)",
    "altered": "fichier téléchargé tronqué",
    "no_dedup": "doublons acceptés (reste armé)",
    "page_repeat": "pages qui se répètent",
    "page_short": "pages incomplètes (206)",
    "page_shift": "pages qui glissent",
    "listed_twice": "chaque flux listé deux fois",
    "shuffled": "flux dans le désordre",
    "empty_204": "204 au lieu d’une liste vide",
    "duplicate_flow": "remise en double (deux numéros de flux)",
    "out_of_order": "statuts dans le désordre, avant leur facture",
    "unknown_status": "statut inconnu (299)",
    "lost": "rien n’est remis",
    "bad_signature": "notification mal signée",
    "stale_timestamp": "notification trop vieille",
    "replay": "notification rejouée",
    "no_signature": "notification sans signature",
}
STYLE = """
:root{color-scheme:light;--ink:#1c2733;--soft:#5b6875;--line:#d6dde4;--paper:#f5f7f9;--main:#1f4e79}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--paper);margin:0}
header{background:var(--main);color:#fff;padding:1rem}header p{opacity:.9}
header>*,main{max-width:72rem;margin:0 auto}header>*{padding:0 1rem}
h1{font-size:1.35rem}h2{font-size:1.1rem;margin:0 0 .6rem}h3{font-size:1rem;margin:1rem 0 .4rem}
main{padding:1rem;display:grid;gap:1rem}
section{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:1rem;min-width:0}
.pair{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:0}
label{display:grid;gap:.15rem;font-size:.85rem;color:var(--soft);flex:1 1 10rem;min-width:0}
select,input{font:inherit;color:var(--ink);padding:.45rem .5rem;border:1px solid #9aa7b3;border-radius:.35rem;background:#fff;width:100%;min-width:0}
button{font:inherit;padding:.45rem .9rem;border:1px solid var(--main);border-radius:.35rem;background:var(--main);color:#fff;cursor:pointer}
button.quiet{background:#fff;color:var(--main)}
:focus-visible{outline:3px solid #f2a900;outline-offset:1px}
.said{background:#e4f2e7;border:1px solid #2e7d46;padding:.6rem 1rem;border-radius:.4rem}.said.bad{background:#fbe9e7;border-color:#b3261e}
.rows{display:grid;gap:.6rem;padding:0;margin:0;list-style:none}
.rows>li{border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}
.head{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline}.head strong{font-size:1.02rem;overflow-wrap:anywhere}.soft{color:var(--soft);font-size:.9rem}
.chips{display:flex;flex-wrap:wrap;gap:.3rem;margin:.4rem 0}
.chip{border-radius:1rem;padding:.05rem .6rem;font-size:.85rem;background:#e3eaf1}
.good{background:#d7efdc}.bad{background:#fadbd8}.wait{background:#fdeecd}
details{margin-top:.3rem}summary{cursor:pointer;color:var(--main);font-size:.9rem}details form{margin-top:.5rem}
dl{display:grid;grid-template-columns:minmax(0,max-content) minmax(50%,1fr);gap:.2rem .8rem;margin:0;font-size:.9rem}dd{margin:0}dt{color:var(--soft)}
.empty{color:var(--soft);margin:0}
"""


def query(**values: str) -> str:
    """A query string without what is empty."""
    return urlencode({name: value for name, value in values.items() if value})


def page(platform: Platform, args: Mapping[str, str]) -> str:
    """The whole page, for one company (`company`: a SIREN), with what the last button said (`said`)."""
    siren = args.get("company", OWN)
    company = by_siren().get(siren) or by_siren()[OWN]
    siren = company["siren"]
    invoices = platform.store.rows("invoice")
    sent = [row for row in invoices if row["seller"] == siren]
    received = [row for row in invoices if row["buyer"] == siren and row["delivered"]]
    acks = {
        row["flow_id"]: row["ack_status"]
        for row in platform.store.find(owner=siren, direction="Out")
    }
    said = args.get("said", "")
    counts: dict[str, int] = {}
    for row in invoices:
        for side in {row["seller"], row["buyer"]}:
            counts[side] = counts.get(side, 0) + 1
    names = {
        c["siren"]: f"{c['name']} ({c['siren']})"
        + (f" – {counts[c['siren']]} facture(s)" if c["siren"] in counts else "")
        for c in playing()
    }
    message = (
        f'<p class="said{" bad" if said.startswith("Impossible") else ""}" role="status">{escape(said)}</p>'
        if said
        else ""
    )
    return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(platform.title)}</title><style>{STYLE}</style></head><body>
<header><h1>{escape(platform.title)}</h1><p>Elle joue le monde extérieur sur cette machine : rien ici n’est réel.</p></header><main>{message}
<section><h2>Entreprise</h2><form method="get" action="/">{_select("Voir les factures de", "company", names, siren)}<button class="quiet">Afficher</button></form></section>
<div class="pair">
<section><h2>Envoyées par {escape(company["name"])} ({len(sent)})</h2>{_invoices(sent, siren, "buyer_name", acks)}</section>
<section><h2>Reçues par {escape(company["name"])} ({len(received)})</h2>{_invoices(received, siren, "seller_name", {})}</section>
</div>
<section><h2>Faire facturer une entreprise par une autre</h2>{_send_form(names, siren)}</section>
<div class="pair"><section><h2>Pannes</h2>{_faults(platform, siren)}</section>
<section><h2>Vie des factures</h2>{_lifecycle(platform, siren)}</section></div>
<section><h2>Demandes reçues</h2>{_calls(platform)}</section>
</main></body></html>"""


def _option(value: str, text: str, chosen: str) -> str:
    return f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'


def _select(label: str, name: str, options: Mapping[str, str], chosen: str = "") -> str:
    rows = "".join(_option(value, text, chosen) for value, text in options.items())
    return f'<label>{escape(label)}<select name="{name}">{rows}</select></label>'


def _form(action: str, siren: str, inner: str, button: str, quiet: bool = False) -> str:
    return (
        f'<form method="post" action="/_sandbox/page"><input type="hidden" name="action" value="{action}">'
        f'<input type="hidden" name="company" value="{escape(siren)}">{inner}'
        f"<button{' class=quiet' if quiet else ''}>{escape(button)}</button></form>"
    )


def _chip(code: str) -> str:
    tone = (
        "bad"
        if code in ("206", "207", "208", "210", "213", "221")
        else "good"
        if code in ("205", "211", "212")
        else ""
    )
    return f'<span class="chip {tone}">{escape(code)} {escape(lifecycle.label(code))}</span>'


def _invoices(rows: list[dict[str, Any]], siren: str, other: str, acks: Mapping[str, str]) -> str:
    if not rows:
        return '<p class="empty">Aucune facture.</p>'
    shown = "".join(
        _invoice(row, siren, other, acks.get(row["key"], "")) for row in reversed(rows[-SHOWN:])
    )
    rest = f'<p class="soft">Les {SHOWN} dernières sont affichées.</p>' if len(rows) > SHOWN else ""
    return f'<ul class="rows">{shown}</ul>{rest}'


def _invoice(row: dict[str, Any], siren: str, other: str, ack: str) -> str:
    word, tone = ACKS.get(ack, (ack, "wait"))
    transport = f'<span class="chip {tone}">dépôt {escape(word)}</span>' if ack else ""
    life = "".join(_chip(code) for code in row["history"])
    amount = f"{_amount(row['total'])} {row['currency']}" if row["total"] else ""
    codes = {code: f"{code} {status.label}" for code, status in lifecycle.STATUSES.items()} | {
        "299": "299 (statut inconnu)"
    }
    reasons = {"": "–"} | {
        reason: reason
        for reason in sorted({r for s in lifecycle.STATUSES.values() for r in s.reasons})
    }
    inner = (
        f'<input type="hidden" name="number" value="{escape(row["number"])}"><input type="hidden" name="seller" value="{escape(row["seller"])}">'
        + _select("Statut", "status", codes, "205")
        + _select("Motif", "reason", reasons)
        + '<label>Commentaire<input name="note" maxlength="200"></label>'
    )
    return (
        f'<li><div class="head"><strong>{escape(row["number"])}</strong><span>{escape(row[other] or "destinataire inconnu")}</span>'
        f'<span class="soft">{escape(amount)} · {escape(row["syntax"])} · {escape(_moment(row["at"]))}</span></div>'
        f'<div class="chips">{transport}{life}</div>'
        f"<details><summary>Dire un statut</summary>{_form('advance', siren, inner, 'Envoyer le statut')}</details></li>"
    )


def _amount(text: str) -> str:
    """An amount as it is written in France."""
    try:
        return f"{Decimal(text):,.2f}".replace(",", "\u202f").replace(".", ",")
    except InvalidOperation:
        return text


def _moment(stamp: str) -> str:
    """A moment of the store, in UTC, day first."""
    return f"{stamp[8:10]}/{stamp[5:7]}/{stamp[:4]} {stamp[11:16]} UTC"


def _send_form(names: Mapping[str, str], siren: str) -> str:
    seller = siren if siren != OWN else by_key()["supplier_printer"]["siren"]
    inner = (
        _select("De", "from", names, seller)
        + _select("À", "to", names, OWN)
        + _select("Facture", "case", {case: LABELS[case] for case in CASES})
        + _select("Format", "syntax", {name: name for name in ("Factur-X", "CII", "UBL")})
    )
    return _form("send", siren, inner, "Envoyer")


def _faults(platform: Platform, siren: str) -> str:
    armed = platform.faults.active()
    rows = "".join(
        f"<li>{escape(FAULTS.get(str(row['fault']), str(row['fault'])))}"
        f'<span class="soft"> {escape(_where(row))}</span></li>'
        for row in armed
    )
    now = f'<ul class="rows">{rows}</ul>' if rows else '<p class="empty">Aucune panne armée.</p>'
    names = {
        name: f"{name} – {FAULTS.get(name, text)}" for name, text in platform.faults.names.items()
    }
    operations = {"": "partout où elle a un sens"} | {name: name for name in platform.operations}
    inner = (
        _select("Panne", "fault", names)
        + _select("Sur", "operation", operations)
        + '<label>Combien de fois (vide : toujours)<input name="count" type="number" min="1" inputmode="numeric"></label>'
    )
    clear = _form("clear", siren, "", "Tout remettre en marche", quiet=True) if armed else ""
    return f"{now}<h3>Armer une panne</h3>{_form('fault', siren, inner, 'Armer')}<p></p>{clear}"


def _where(row: Mapping[str, Any]) -> str:
    parts: Iterable[str] = (
        f"sur {row['operation']}" if row["operation"] else "",
        f"{row['count']} fois" if row["count"] is not None else "",
        f"une fois sur {1 / row['probability']:.0f}" if 0 < row["probability"] < 1 else "",
    )
    return ", ".join(part for part in parts if part)


def _lifecycle(platform: Platform, siren: str) -> str:
    inner = _select("Réglage", "lifecycle", LIFECYCLES, platform.settings["lifecycle"])
    rows = "".join(
        f"<dt>{escape(by_key()[key]['name'])}</dt><dd>{escape(text)}</dd>"
        for key, text in lifecycle.MEANING.items()
    )
    return f"{_form('lifecycle', siren, inner, 'Enregistrer')}<h3>Les clients, quand ils répondent</h3><dl>{rows}</dl>"


def _calls(platform: Platform) -> str:
    calls = sorted(platform.calls().items())
    if not calls:
        return '<p class="empty">Aucune depuis le démarrage.</p>'
    return (
        f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{count}</dd>' for name, count in calls)}</dl>"
    )
