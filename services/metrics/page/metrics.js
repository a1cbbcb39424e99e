// The table lives: a snapshot, then changes; what is shown is always what the API answers.

import { openPanel } from "./explain.js";
import * as fr from "./format.js";

const REFRESH_MS = 700;
const SUMMARY_MS = 2000;
const el = (id) => document.getElementById(id);
const shown = { window: "30d", group: "eg", shape: "", cells: new Map(), answer: null };
let stream = null;
let refreshing = null;

function query() {
  return new URLSearchParams({ window: shown.window, group: shown.group });
}

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(typeof body.detail === "string" ? body.detail : `réponse ${answer.status}`);
  return body;
}

function notice(text) {
  el("notice").hidden = !text;
  el("notice").textContent = text ?? "";
}

function live(state, text) {
  el("live").dataset.state = state;
  el("live-text").textContent = text;
}

function render(answer) {
  shown.answer = answer;
  const shape = JSON.stringify([answer.group, answer.indicators.map((each) => [each.id, each.version]), answer.rows.map((row) => row.level + row.key)]);
  if (shape !== shown.shape) {
    shown.shape = shape;
    shown.cells.clear();
    build(answer);
  }
  for (const row of [...answer.rows, answer.total]) {
    for (const indicator of answer.indicators) update(row, indicator);
  }
  for (const indicator of answer.indicators) {
    const place = el(`at-${indicator.id}`);
    const { reached, measured } = answer.atTarget[indicator.id];
    place.textContent = measured ? `${fr.integer(reached)} sur ${fr.integer(measured)}` : "–";
  }
  el("empty").hidden = Object.values(answer.total.cells).some((cell) => cell.num || cell.den);
  el("here").textContent = location.origin;
  const { from, to } = answer.window;
  el("period").textContent = from === to ? `le ${fr.day(from)}` : `du ${fr.day(from)} au ${fr.day(to)}`;
  el("workspace").hidden = answer.workspace === "default";
  el("workspace").textContent = `espace « ${answer.workspace} »`;
}

function build(answer) {
  const groups = { eg: "Établissement", ej: "Entité juridique", ght: "GHT", region: "Région", field: "Champ d'activité", all: "" };
  const head = fr.element("tr", {}, fr.element("th", { scope: "col", class: "who" }, groups[answer.group]));
  for (const indicator of answer.indicators) {
    const mark = indicator.target?.own && indicator.target.value !== null ? fr.element("span", { class: "mark", title: fr.certainty(indicator) }, " ◦") : null;
    head.append(fr.element("th", { scope: "col", title: `${indicator.description} (${indicator.source})` },
      fr.element("span", { class: "code" }, indicator.id),
      fr.element("span", { class: "label" }, indicator.label),
      fr.element("span", { class: "target", title: fr.certainty(indicator) }, fr.target(indicator), mark)));
  }
  el("body").replaceChildren(...answer.rows.map((row) => line(answer, row)));
  const reached = fr.element("tr", { class: "at-target" }, fr.element("th", { scope: "row" }, "À la cible"));
  for (const indicator of answer.indicators) reached.append(fr.element("td", { id: `at-${indicator.id}` }));
  el("head").replaceChildren(head, line(answer, answer.total), reached);
}

function line(answer, row) {
  const about = [row.level === "eg" || row.level === "ej" ? `FINESS ${row.key}` : "", row.region, row.kind === "medico-social" ? "médico-social" : ""];
  const made = fr.element("tr", { class: row.level === "unattributed" ? "lost" : row.level === "all" ? "total" : null },
    fr.element("th", { scope: "row" }, fr.element("span", { class: "place" }, row.level === "all" ? "Ensemble" : row.label),
      fr.element("span", { class: "about" }, about.filter(Boolean).join(" · "))));
  for (const indicator of answer.indicators) {
    const button = fr.element("button", { type: "button" },
      fr.element("span", { class: "value" }), fr.element("span", { class: "of" }), fr.element("span", { class: "gap" }), fr.element("span", { class: "curve" }));
    button.addEventListener("click", () => openPanel(current(row, indicator)));
    made.append(fr.element("td", {}, button));
    shown.cells.set(`${row.level}/${row.key}/${indicator.id}`, button);
  }
  return made;
}

// What a click explains: the row as it is now, not as it was when the table was built.
function current(row, indicator) {
  const rows = [...shown.answer.rows, shown.answer.total];
  return { row: rows.find((each) => each.level === row.level && each.key === row.key), indicator, window: shown.window };
}

function update(row, indicator) {
  const button = shown.cells.get(`${row.level}/${row.key}/${indicator.id}`);
  const cell = row.cells[indicator.id];
  const text = fr.value(indicator, cell);
  const detail = of(indicator, cell);
  const state = `${text}|${detail}|${cell.spark.join()}`;
  if (!button || button.dataset.state === state) return;
  const first = button.dataset.state === undefined;
  button.dataset.state = state;
  const [value, under, gap, curve] = button.children;
  value.textContent = text;
  under.textContent = detail;
  gap.textContent = cell.gap === null ? "" : fr.gap(cell.gap);
  curve.replaceChildren(fr.sparkline(indicator, cell));
  button.dataset.reached = cell.reached === null ? "" : String(cell.reached);
  button.classList.toggle("none", cell.value === null || (!fr.isRatio(indicator) && cell.num === 0));
  const verdict = cell.reached === null ? "" : cell.reached ? ", cible atteinte" : `, cible non atteinte, reste ${fr.integer(cell.remaining)}`;
  button.setAttribute("aria-label", `${row.label}, ${indicator.label} : ${text} (${detail || "volume"})${verdict}. Expliquer.`);
  if (!first) flash(button);
}

function of(indicator, cell) {
  if (fr.isRatio(indicator)) return `${fr.integer(cell.num)} / ${fr.integer(cell.den ?? 0)}`;
  const { pro, citizen } = cell.measures;
  return pro !== undefined || citizen !== undefined ? `${fr.integer(pro ?? 0)} pro · ${fr.integer(citizen ?? 0)} cit.` : "";
}

function flash(button) {
  button.classList.remove("moved");
  void button.offsetWidth; // restarts the animation
  button.classList.add("moved");
}

async function refresh() {
  try {
    render(await get(`api/indicators?${query()}`));
    notice(null);
  } catch (error) {
    notice(`Les indicateurs n'ont pas pu être lus : ${error.message}`);
  }
}

function soon() {
  refreshing ??= setTimeout(async () => { refreshing = null; await refresh(); }, REFRESH_MS);
}

async function summary() {
  try {
    const found = await get(`api/summary?${new URLSearchParams({ window: shown.window })}`);
    el("t-acts").textContent = fr.rate(found.actsPerSecond);
    for (const [id, name] of [["docs", "documents"], ["mails", "messages"], ["calls", "insiCalls"]]) {
      el(`t-${id}`).textContent = fr.integer(found[name]);
      el(`t-${id}-today`).textContent = `dont ${fr.integer(found[`${name}Today`])} aujourd'hui`;
    }
    el("t-fresh").textContent = fr.milliseconds(found.freshness.p50Ms);
    const late = found.lag ? ` · ${fr.integer(found.lag)} en attente` : "";
    const apart = found.poison ? ` · ${fr.integer(found.poison)} écartés` : "";
    el("t-fresh-detail").textContent = found.freshness.p99Ms === null ? "de l'acte à l'indicateur" : `99 % en ${fr.milliseconds(found.freshness.p99Ms)}${late}${apart}`;
    if (found.rebuilding) notice("Reconstruction des indicateurs en cours : les valeurs peuvent encore changer.");
  } catch { /* the stream's state already says that the service is away */ }
}

function listen() {
  stream?.close();
  stream = new EventSource(`api/stream?${query()}`);
  stream.addEventListener("open", () => live("on", "en direct"));
  stream.addEventListener("error", () => live("off", "connexion perdue, nouvel essai…"));
  stream.addEventListener("snapshot", (event) => { notice(null); render(JSON.parse(event.data)); summary(); });
  stream.addEventListener("change", () => { live("on", `en direct · ${fr.time(new Date())}`); soon(); });
}

el("controls").addEventListener("change", (event) => {
  const { name, value, id } = event.target;
  if (name === "window" || name === "group") shown[name] = value;
  if (name === "window") el("month").value = "";
  if (id === "month" && value) {
    shown.window = value;
    for (const radio of el("windows").querySelectorAll("input")) radio.checked = false;
  }
  listen();
  summary();
});
el("controls").addEventListener("submit", (event) => event.preventDefault());

listen();
summary();
setInterval(() => { if (!document.hidden) summary(); }, SUMMARY_MS);
