// One exchange: tabs of its messages, steps from finding to finding, sending again.

import { el, element, json, keys, root, words } from "./dom.js";

const back = sessionStorage.getItem("socles-list");
if (back?.startsWith(`${root}/console/`)) el("back").href = back;

function tabs(side) {
  const panes = [...side.querySelectorAll("[data-pane]")];
  const list = element("div", { role: "tablist", class: "tablist", "aria-label": side.querySelector("h2").textContent });
  const buttons = panes.map((pane) => element("button", { type: "button", role: "tab", id: `${pane.id}-tab`, "aria-controls": pane.id }, pane.dataset.pane));
  const choose = (index) => {
    panes.forEach((pane, at) => { pane.hidden = at !== index; });
    buttons.forEach((button, at) => { button.setAttribute("aria-selected", String(at === index)); button.tabIndex = at === index ? 0 : -1; });
  };
  buttons.forEach((button, at) => button.addEventListener("click", () => choose(at)));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = (buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length;
    choose(at);
    buttons[at].focus();
  });
  panes.forEach((pane, at) => {
    pane.setAttribute("role", "tabpanel");
    pane.setAttribute("aria-labelledby", buttons[at].id);
    pane.choose = () => choose(at);
  });
  list.append(...buttons);
  side.querySelector("header").after(list);
  choose(0);
}

// A target may lie behind a tab or in a closed part.
function reveal() {
  const target = location.hash && el(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  target.closest("[data-pane]")?.choose?.();
  for (let each = target; each; each = each.parentElement.closest("details")) if (each.matches("details")) each.open = true;
  target.scrollIntoView({ block: "center" });
}

function centre(region) {
  const line = region.querySelector(".marked");
  if (line) region.scrollTop = line.offsetTop - region.clientHeight / 3;
}

async function replay(button) {
  const status = button.parentElement.querySelector("[role=status]");
  button.disabled = true;
  status.replaceChildren("Envoi…");
  try {
    const body = await fetch(button.dataset.replay);
    if (!body.ok) throw new Error(await words(body));
    const headers = { "Content-Type": button.dataset.type || body.headers.get("content-type") || "" };
    if (button.dataset.action) headers.SOAPAction = button.dataset.action;
    headers["X-Socles-Replay"] = "console"; // not the software under test
    const answer = await fetch(button.dataset.path, { method: "POST", headers, body: await body.blob() });
    const id = (answer.headers.get("x-socles-exchange") ?? "").split("/").at(-1);
    if (!/^[0-9A-Za-z-]{1,64}$/.test(id)) throw new Error(`réponse ${answer.status}, sans lien vers un échange`);
    const entry = await json(`/_sandbox/exchanges/${id}`);
    const outcome = { accepted: "accepté", refused: "refusé", overload: "surcharge" }[entry.outcome] ?? "interrompu";
    const left = entry.findings.length ? `, ${entry.findings.length} constat${entry.findings.length > 1 ? "s" : ""}` : "";
    status.replaceChildren(`Rejoué : ${outcome}${left}. `, element("a", { href: `${root}/console/exchanges/${id}` }, "Voir le nouvel échange"));
  } catch (error) {
    status.replaceChildren(`L'envoi a échoué : ${error.message}.`);
  } finally {
    button.disabled = false;
  }
}

function step(by) {
  const places = [...document.querySelectorAll("[data-finding]")];
  const at = places.indexOf(document.activeElement.closest("[data-finding]"));
  const target = places[at < 0 ? 0 : Math.min(Math.max(at + by, 0), places.length - 1)];
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "center" });
}

const follow = (view) => () => { const link = document.querySelector(`.tabs a[href$="/${view}"]`); if (link) location.href = link.href; };

keys({
  j: () => step(1),
  k: () => step(-1),
  d: follow("difference"),
  m: follow("mended"),
  c: () => document.querySelector("[data-copy='#again-command']")?.click(),
  Enter: (event) => {
    const link = event.target.matches("[data-finding]") && event.target.querySelector("dl a[href^='#']");
    if (!link) return false;
    link.click();
    return true;
  },
  Escape: () => {
    const whole = document.querySelector(".tabs a:first-of-type");
    location.href = whole.hasAttribute("aria-current") ? el("back").href : whole.href;
  },
});

for (const side of document.querySelectorAll("[data-tabs]")) tabs(side);
for (const region of document.querySelectorAll(".part .code")) centre(region);
for (const button of document.querySelectorAll("[data-replay]")) button.addEventListener("click", () => replay(button));
addEventListener("hashchange", reveal);
reveal();
