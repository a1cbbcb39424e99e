// The panel: from a value to stays, documents, mails, events and exchanges; and why the rest does not count.

import * as fr from "./format.js";

const PAGE = 50;
const TYPES = {
  "11490-0": "Lettre de liaison de sortie", "34112-3": "Compte rendu hospitalier", "57833-6": "Prescription",
  "34874-8": "Compte rendu opératoire", "11502-2": "Compte rendu de biologie", "18748-4": "Compte rendu d'imagerie",
  "11488-4": "Compte rendu de consultation", "15507-7": "Passage aux urgences", "60591-5": "Synthèse médicale",
};
const KINDS = { document: "Document", message: "Message", rejected: "Dépôt refusé", submitted: "Dépôt reçu", insi: "Appel INSi", consulted: "Consultation" };
const LINKS = { "encounter-id": "par l'identifiant du séjour", inferred: "par déduction (patient, entité, dates)", ambiguous: "ambigu", orphan: "sans séjour" };
const el = (id) => document.getElementById(id);
let asked = null;
let offset = 0;

export function openPanel(what) {
  asked = what;
  const { row, indicator } = what;
  const cell = row.cells[indicator.id];
  el("panel-over").textContent = indicator.id;
  el("panel-title").textContent = row.level === "all" ? "Ensemble" : row.label;
  el("panel-sub").textContent = indicator.label;
  el("panel-value").replaceChildren(
    fr.element("span", { class: "big", "data-reached": cell.reached === null ? "" : String(cell.reached) }, fr.value(indicator, cell)),
    fr.element("span", {}, sentence(indicator, cell)),
    fr.element("p", { class: "why" }, indicator.description),
    fr.element("p", { class: "why" }, [fr.certainty(indicator), `Définition v${indicator.version}, certitude ${indicator.certainty}`, STATUS[indicator.status]].filter(Boolean).join(" — ")));
  for (const radio of el("panel-filter").querySelectorAll("input")) radio.checked = radio.value === "";
  el("panel-filter").hidden = false;
  if (!el("panel").open) el("panel").showModal();
  load(true);
}

const STATUS = {
  open: "période en cours", provisional: "période close, des pièces peuvent encore arriver", final: "définitif", revised: "révisé après clôture",
};

function sentence(indicator, cell) {
  if (!fr.isRatio(indicator)) return "dans la période";
  const rest = cell.remaining ? (indicator.target.comparison === ">=" ? `, encore ${fr.integer(cell.remaining)} pour atteindre la cible` : `, ${fr.integer(cell.remaining)} de trop`) : "";
  const gap = cell.gap === null ? "" : ` · ${fr.target(indicator)} · écart ${fr.gap(cell.gap)}`;
  return `${fr.integer(cell.num)} sur ${fr.integer(cell.den)}${gap}${rest}`;
}

async function load(anew) {
  if (anew) offset = 0;
  const { row, indicator, window } = asked;
  if (!["eg", "ej", "all", "unattributed"].includes(row.level)) {
    el("panel-list").replaceChildren(fr.element("p", { class: "empty" }, "Choisissez le regroupement par établissement pour voir le détail."));
    el("panel-filter").hidden = el("panel-more").hidden = true;
    return;
  }
  const query = new URLSearchParams({ indicator: indicator.id, window, limit: PAGE, offset });
  if (row.level === "eg" || row.level === "ej") query.set("finess", row.key);
  if (row.level === "unattributed") query.set("unattributed", "true");
  const counted = el("panel-filter").querySelector("input:checked").value;
  if (counted) query.set("counted", counted);
  const mine = asked;
  const answer = await fetch(`api/explain?${query}`);
  if (mine !== asked) return;
  if (!answer.ok) {
    el("panel-list").replaceChildren(fr.element("p", { class: "empty" }, `L'explication n'a pas pu être lue (réponse ${answer.status}).`));
    return;
  }
  show(await answer.json(), anew);
}

function show(found, anew) {
  const items = [...found.stays.map(stay), ...found.things.map((thing) => piece(thing, true))];
  offset += items.length;
  if (anew) el("panel-list").replaceChildren();
  el("panel-list").append(...items);
  if (!found.total) el("panel-list").append(fr.element("p", { class: "empty" }, "Rien dans cette période."));
  el("panel-more").hidden = offset >= found.total;
  el("panel-more").textContent = `Afficher la suite (${fr.integer(found.total - offset)})`;
}

function stay(found) {
  const state = found.inNumerator ? "yes" : found.inDenominator ? "no" : "out";
  const out = found.dischargedAt ? `sorti le ${fr.instant(found.dischargedAt)}` : "présent";
  return fr.element("details", { class: "stay", "data-state": state },
    fr.element("summary", {},
      fr.element("span", { class: "sign", "aria-hidden": "true" }, { yes: "✓", no: "–", out: "·" }[state]),
      fr.element("span", { class: "what" }, fr.element("span", { class: "id" }, found.stayId.split("^").at(-1)), fr.element("span", { class: "meta" }, `${found.field} · ${out}`)),
      fr.element("span", { class: "reason" }, found.reasons.map((reason) => reason.fr).join(" · "))),
    ...(found.evidence.length ? found.evidence.map((thing) => piece(thing, false)) : [fr.element("p", { class: "empty" }, "Aucune pièce connue pour ce séjour.")]),
    events(found.events));
}

function piece(thing, alone) {
  const details = [LINKS[thing.linkedBy] && `rattaché ${LINKS[thing.linkedBy]}`, thing.details.outcome, thing.details.status === "deleted" ? "supprimé" : null, ...(thing.details.findings ?? [])];
  return fr.element("div", { class: alone ? "piece alone" : "piece", "data-state": thing.counts ? "yes" : "no" },
    fr.element("p", { class: "line" },
      fr.element("span", { class: "sign", "aria-hidden": "true" }, thing.counts ? "✓" : "–"),
      fr.element("span", { class: "what" }, `${KINDS[thing.kind] ?? thing.kind}${thing.typeCode ? ` : ${TYPES[thing.typeCode] ?? thing.typeCode}` : ""}`),
      fr.element("span", { class: "reason" }, thing.reason.fr)),
    fr.element("p", { class: "meta" }, [fr.instant(thing.at), ...details].filter(Boolean).join(" · ")),
    events(thing.events));
}

function events(list) {
  if (!list.length) return null;
  return fr.element("ul", { class: "events" }, ...list.map((event) => fr.element("li", {},
    fr.element("span", { class: "type" }, event.type.replace(/\.v\d+$/, "")), ` · ${fr.instant(event.time)} `,
    event.exchange ? fr.element("a", { href: `_sandbox/exchanges/${encodeURIComponent(event.exchange)}`, target: "_blank", rel: "noopener" }, "échange") : null)));
}

el("panel-close").addEventListener("click", () => el("panel").close());
el("panel").addEventListener("click", (event) => { if (event.target === el("panel")) el("panel").close(); });
el("panel-filter").addEventListener("change", () => load(true));
el("panel-more").addEventListener("click", () => load(false));
