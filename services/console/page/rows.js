// Rows of the list. 100,000 of them may be known; only those near the window are in the document.

import { element, root } from "./dom.js";

const NEAR = "1200px";
const timeZone = "Europe/Paris"; // as the page of an exchange, wherever the browser is
const time = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, timeZone });
const day = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "short", timeZone });
const full = new Intl.DateTimeFormat("fr-FR", { dateStyle: "full", timeStyle: "medium", timeZone });
const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });

function labels(name) {
  const found = new Map();
  for (const option of document.querySelectorAll(`select[name=${name}] option, #${name}s option`)) {
    if (option.value) found.set(option.value, option.textContent);
  }
  for (const radio of document.querySelectorAll(`input[type=radio][name=${name}]`)) {
    if (radio.value) found.set(radio.value, radio.nextElementSibling.textContent);
  }
  return found;
}

const SERVICES = labels("service");
const OUTCOMES = labels("outcome");
const OPERATIONS = labels("operation");

function when(text) {
  const at = new Date(text);
  const today = day.format(at) === day.format(new Date());
  return element("time", { datetime: text, title: full.format(at) }, today ? "" : element("span", { class: "day" }, `${day.format(at)} `), time.format(at));
}

function findings(entry) {
  const { error = 0, warning = 0 } = entry.severities ?? {};
  const rules = [...new Set(entry.rules)];
  const worst = error ? "error" : warning ? "warning" : "info";
  return [
    entry.fault ? element("span", { class: "tag", "data-severity": "fault", title: `Règle ${entry.fault}` }, "panne") : null,
    rules.length ? element("span", { class: "tag", "data-severity": worst }, String(entry.rules.length)) : null,
    rules.length ? element("span", { class: "mono" }, rules[0], rules.length > 1 ? element("span", { class: "soft" }, ` + ${rules.length - 1}`) : null) : null,
  ];
}

function cell(name, ...children) {
  return element("td", { class: `c-${name}` }, ...children);
}

function row(entry) {
  const label = OUTCOMES.get(entry.outcome) ?? entry.outcome;
  const operation = OPERATIONS.get(entry.operation) ?? (entry.operation || "non reconnue");
  return element("tr", { "data-outcome": entry.outcome },
    cell("when", element("a", { href: `${root}/console/exchanges/${encodeURIComponent(entry.id)}` }, when(entry.receivedAt))),
    cell("verdict", element("span", { class: "issue" }, label)),
    cell("service", SERVICES.get(entry.service) ?? entry.service),
    cell("operation", element("span", { title: entry.operation }, operation)),
    cell("code", entry.status ? element("span", { class: "soft" }, String(entry.status)) : "", " ", element("span", { class: "mono" }, entry.code ?? "")),
    cell("rules", ...findings(entry)),
    cell("place", entry.finess ?? ""),
    cell("ms", `${number.format(entry.durationMs)} ms`),
    cell("id", element("span", { class: "mono", title: entry.id }, entry.id.slice(-12))));
}

export class Rows {
  constructor(table) {
    this.table = table;
    this.chunks = [];
    this.known = new Set();
    this.watch = new IntersectionObserver((seen) => seen.forEach((one) => this.#seen(one)), { rootMargin: `${NEAR} 0px` });
  }

  get first() { return this.table.querySelector("tbody a"); }

  get length() { return this.known.size; }

  clear() {
    this.watch.disconnect();
    for (const chunk of this.chunks) chunk.body.remove();
    this.chunks = [];
    this.known.clear();
  }

  replace(items) {
    this.clear();
    this.append(items);
  }

  append(items) {
    const fresh = items.filter((item) => !this.known.has(item.id));
    if (fresh.length) this.table.append(this.#chunk(fresh, this.chunks.length));
  }

  // New ones above all others.
  prepend(items) {
    if (items.length) this.table.tHead.after(this.#chunk(items, 0));
    for (const tr of this.chunks[0]?.body.rows ?? []) tr.classList.add("fresh");
  }

  #chunk(items, at) {
    const chunk = { items, body: element("tbody") };
    chunk.body.chunk = chunk;
    for (const item of items) this.known.add(item.id);
    this.chunks.splice(at, 0, chunk);
    this.#fill(chunk);
    this.watch.observe(chunk.body);
    return chunk.body;
  }

  #fill(chunk) {
    chunk.body.replaceChildren(...chunk.items.map(row));
    chunk.filled = true;
  }

  #seen({ target, isIntersecting, boundingClientRect }) {
    const { chunk } = target;
    if (isIntersecting && !chunk.filled) this.#fill(chunk);
    if (!isIntersecting && chunk.filled && !target.contains(document.activeElement)) {
      const space = element("tr", { class: "space", "aria-hidden": "true" }, element("td", { colspan: "9" }));
      space.style.height = `${boundingClientRect.height}px`;
      target.replaceChildren(space);
      chunk.filled = false;
    }
  }

  // The link of the row after (1) or before (-1) the one that has the focus; the first when none has.
  step(by) {
    const current = document.activeElement?.closest("tr");
    if (!current || !this.table.contains(current)) return this.first;
    const beside = by > 0 ? "nextElementSibling" : "previousElementSibling";
    const next = current[beside] ?? current.parentElement[beside]?.rows?.[by > 0 ? 0 : current.parentElement[beside].rows.length - 1];
    return next?.querySelector("a");
  }
}
