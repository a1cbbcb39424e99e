// The list of exchanges: searched as one types, followed live, its state in the address.

import { el, json, keys, root } from "./dom.js";
import { Rows } from "./rows.js";

const PAGE = 60;
const TYPING_MS = 60;
const FOLLOW_MS = 600;
const ASKED = ["text", "service", "outcome", "severity", "operation", "rule", "fault"];
const OWN = ["last", "since", "until"];
const whole = new Intl.NumberFormat("fr-FR");
const form = el("filters");
const rows = new Rows(el("table"));
let next = null;
let asking = null;
let loading = false;
let news = 0;
let stream = null;
let paused = false;
let following = null;

const value = (name) => (name === "fault" ? (form.elements.fault.checked ? "true" : "") : form.elements[name].value.trim());

function restore() {
  const given = new URLSearchParams(location.search);
  form.reset();
  for (const name of [...ASKED, ...OWN]) {
    if (!given.has(name)) continue;
    if (name === "fault") form.elements.fault.checked = given.get(name) === "true";
    else form.elements[name].value = given.get(name);
  }
  if ((value("since") || value("until")) && !value("last")) form.elements.last.value = "between";
  if (["operation", "rule", "fault", "since", "until"].some(value)) form.querySelector(".more").open = true;
  shape();
}

// What the form cannot say by itself.
function shape() {
  form.toggleAttribute("data-between", value("last") === "between");
  el("clear").hidden = ![...ASKED, ...OWN].some(value);
}

function remember(push) {
  const kept = new URLSearchParams([...ASKED, ...OWN].map((name) => [name, value(name)]).filter(([, given]) => given));
  const address = `${location.pathname}${kept.size ? `?${kept}` : ""}`;
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  sessionStorage.setItem("socles-list", address);
}

function query(before) {
  const asked = new URLSearchParams(ASKED.map((name) => [name, value(name)]).filter(([, given]) => given));
  const last = value("last");
  if (Number(last)) asked.set("since", new Date(Date.now() - Number(last) * 1000).toISOString());
  if (last === "between") {
    for (const name of ["since", "until"]) if (value(name)) asked.set(name, new Date(value(name)).toISOString());
  }
  asked.set("limit", PAGE);
  if (before) asked.set("before", before);
  return `/_sandbox/exchanges?${asked}`;
}

function told(page) {
  const number = page.total === undefined ? rows.length : page.total;
  const more = page.totalIsExact === false ? "plus de " : "";
  el("total").textContent = `${more}${whole.format(number)} ${number < 2 ? "échange" : "échanges"}`;
  const none = !rows.length;
  el("table").hidden = none;
  el("blank").hidden = !none || !el("clear").hidden;
  el("none").hidden = !none || el("clear").hidden;
}

function notice(text) {
  el("notice").hidden = !text;
  el("notice").textContent = text ?? "";
}

function fresh(number) {
  news = number;
  el("news").hidden = !number;
  el("news").textContent = `${number >= PAGE ? `plus de ${PAGE - 1}` : number} ${number < 2 ? "nouveau" : "nouveaux"}, afficher`;
}

async function search(started) {
  asking?.abort();
  asking = new AbortController();
  try {
    const page = await json(query(), asking.signal);
    rows.replace(page.items);
    next = page.next;
    fresh(0);
    told(page);
    notice(null);
    requestAnimationFrame(() => {
      if (started !== undefined) performance.measure("search", { start: started });
      if (near()) older(); // the end never left the window: no observer tells
    });
  } catch (error) {
    if (error.name !== "AbortError") notice(`Les échanges n'ont pas pu être lus : ${error.message}.`);
  }
}

async function older() {
  if (loading || next === null) return;
  loading = true;
  const mine = asking;
  try {
    const page = await json(query(next));
    if (mine === asking) {
      rows.append(page.items);
      next = page.next;
    }
  } catch (error) {
    notice(`La suite n'a pas pu être lue : ${error.message}.`);
  } finally {
    loading = false;
  }
  if (near()) older();
}

const near = () => el("more").getBoundingClientRect().top < innerHeight + 1500;

// The stream says that something came; what matches is asked for, so that every filter holds live too.
async function follow() {
  following = null;
  if (document.hidden || asking === null) return;
  const mine = asking;
  try {
    const page = await json(query());
    if (mine !== asking) return;
    const known = page.items.findIndex((item) => rows.known.has(item.id));
    const came = known < 0 ? page.items : page.items.slice(0, known);
    if (!came.length) return;
    if (paused || scrollY > 150 || el("table").contains(document.activeElement)) {
      fresh(came.length);
    } else if (known < 0) {
      rows.replace(page.items);
      next = page.next;
      fresh(0);
    } else {
      rows.prepend(came);
      fresh(0);
    }
    told(page);
  } catch { /* the state of the stream tells it */ }
}

function soon() {
  following ??= setTimeout(follow, FOLLOW_MS);
}

function live(state, text) {
  el("pause").dataset.state = state;
  el("live-text").textContent = text;
}

function leave() {
  stream?.close();
  stream = null;
}

function listen() {
  if (stream) return;
  stream = new EventSource(`${root}/_sandbox/exchanges/tail`);
  stream.addEventListener("open", () => { if (!paused) live("on", "en direct"); soon(); });
  stream.addEventListener("error", () => live("off", "connexion perdue, nouvel essai…"));
  stream.addEventListener("exchange", soon);
}

function pause() {
  paused = !paused;
  el("pause").setAttribute("aria-pressed", String(paused));
  live(paused ? "paused" : "on", paused ? "suspendu" : "en direct");
  if (!paused) soon();
}

function top() {
  scrollTo({ top: 0 });
  document.activeElement?.blur();
  search();
}

let typing = null;
form.addEventListener("input", (event) => {
  if (event.target.type !== "search" && event.target.type !== "text") return;
  const started = performance.now();
  clearTimeout(typing);
  typing = setTimeout(() => { shape(); remember(false); search(started); }, TYPING_MS);
});
form.addEventListener("change", (event) => {
  if (event.target.type === "search" || event.target.type === "text") return;
  if (event.target.name === "last" && value("last") === "between") form.querySelector(".more").open = true;
  shape();
  remember(true);
  search();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => { shape(); remember(true); search(); }));
el("news").addEventListener("click", top);
el("pause").addEventListener("click", pause);
new IntersectionObserver((seen) => { if (seen[0].isIntersecting) older(); }, { rootMargin: "1500px 0px" }).observe(el("more"));
addEventListener("popstate", () => { restore(); search(); });
// A browser opens six connections to a host at most: tabs that nobody sees leave theirs to the others.
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

function step(by) {
  const link = rows.step(by);
  link?.focus();
  link?.closest("tr").scrollIntoView({ block: "nearest" });
}

keys({
  j: () => step(1),
  k: () => step(-1),
  "/": () => { el("text").focus(); el("text").select(); },
  p: pause,
  Escape: () => {
    if (document.activeElement !== document.body) document.activeElement.blur();
    else if (!el("clear").hidden) form.reset();
  },
});

restore();
remember(false);
search();
listen();
