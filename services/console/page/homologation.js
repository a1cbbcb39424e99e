// The conformity cases, live: when INSi was called, the page is asked for anew and what has changed takes its place.

import { el, keys, root } from "./dom.js";

const FOLLOW_MS = 300;
const AGAIN_MS = 61_000; // a loop that has begun is given up after a minute, though nothing comes
let following = null;
let asking = false;
let missed = false;

const cases = () => [...document.querySelectorAll(".case")];
const open = () => new Set(cases().filter((one) => one.open).map((one) => one.id));

function live(state, text) {
  el("live").dataset.state = state;
  el("live-text").textContent = text;
}

function notice(text) {
  el("notice").hidden = !text;
  el("notice").textContent = text ?? "";
}

// Where the focus was, as far as it can be found again.
function focused() {
  const active = document.activeElement;
  const holder = active?.closest(".case");
  if (!holder) return () => {};
  const mark = active.dataset.copy ? `[data-copy="${active.dataset.copy}"]` : active.getAttribute("href") ? `a[href="${active.getAttribute("href")}"]` : "summary";
  return () => el(holder.id)?.querySelector(mark)?.focus({ preventScroll: true });
}

function changedFrom(before, now) {
  if (!before || before.dataset.verdict === now.dataset.verdict) return null;
  now.classList.add("changed");
  return `${now.querySelector(".number").textContent} : ${now.querySelector(".verdict-tag").textContent}`;
}

function take(page) {
  const news = page.getElementById("report");
  if (!news) return;
  const kept = open();
  const settle = focused();
  const told = [];
  const opened = [...news.querySelectorAll(".case")].find((one) => one.open);
  for (const one of news.querySelectorAll(".case")) {
    const before = el(one.id);
    const change = changedFrom(before, one);
    if (change) told.push(change);
    // what the tester has open stays; the next case opens by itself when the one before it is done
    one.open = before ? kept.has(one.id) || (one === opened && told.length > 0) : one.open;
    const others = before?.querySelector(".others");
    if (others?.open && one.querySelector(".others")) one.querySelector(".others").open = true;
  }
  el("report").replaceWith(document.adoptNode(news));
  settle();
  if (told.length) el("said").textContent = told.join(", ");
}

async function follow() {
  following = null;
  if (document.hidden) return;
  if (asking) {
    missed = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`réponse ${answer.status}`);
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    notice(null);
  } catch (error) {
    notice(`Les cas n'ont pas pu être relus : ${error.message}.`);
  } finally {
    asking = false;
    if (missed) {
      missed = false;
      soon();
    }
  }
}

function soon() {
  following ??= setTimeout(follow, FOLLOW_MS);
}

let stream = null;
let later = null;

function listen() {
  if (stream) return;
  stream = new EventSource(`${root}/_sandbox/exchanges/tail`);
  stream.addEventListener("open", () => { live("on", "en direct"); soon(); });
  stream.addEventListener("error", () => live("off", "connexion perdue, nouvel essai…"));
  stream.addEventListener("exchange", (event) => {
    if (JSON.parse(event.data).service !== "ins_sim") return;
    soon();
    clearTimeout(later);
    later = setTimeout(soon, AGAIN_MS);
  });
}

function leave() {
  stream?.close();
  stream = null;
}

function step(by) {
  const all = cases().map((one) => one.querySelector("summary"));
  const at = all.indexOf(document.activeElement?.closest(".case")?.querySelector("summary"));
  const target = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

const current = () => document.activeElement?.closest(".case") ?? cases().find((one) => one.open);

el("asked").addEventListener("change", (event) => {
  if (event.target.matches("select, [type=checkbox]")) el("asked").requestSubmit();
});
el("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(el("asked"))) {
    for (const one of name === "case" ? value.split(/[\s,]+/) : [value]) if (one) given.append(name, one);
  }
  location.href = `${location.pathname}${given.size ? `?${given}` : ""}`;
});
el("from-now").hidden = false;
el("from-now").addEventListener("click", () => {
  el("since").value = new Date().toISOString();
  el("asked").requestSubmit();
});
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

keys({
  j: () => step(1),
  k: () => step(-1),
  c: () => current()?.querySelector(".copy[data-copy$='-name']")?.click(),
  Escape: () => { for (const one of cases()) one.open = false; },
});

listen();
