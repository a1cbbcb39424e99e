// The frame of every page: workspaces, help, copying.

import { el, element, json, keys, toast, workspace } from "./dom.js";

const DOMAIN = ".socles.localhost";

async function workspaces() {
  const known = await json("/_sandbox/workspaces");
  el("workspaces").replaceChildren(...known.map((one) => element("option", { value: one.name, selected: one.name === workspace }, one.name)));
}

el("workspaces").addEventListener("change", (event) => {
  const name = event.target.value;
  const here = location.pathname.endsWith("/console/homologation") ? "homologation" : "";
  if (location.hostname.endsWith(DOMAIN)) { // there the host name decides, whatever the path says
    const host = `${name}${DOMAIN}${location.port ? `:${location.port}` : ""}`;
    location.href = `${location.protocol}//${host}/console/${here}`;
  } else {
    location.href = `${name === "default" ? "" : `/w/${encodeURIComponent(name)}`}/console/${here}`;
  }
});

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard outside secure contexts
    const area = element("textarea", { class: "hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`${what} : copié`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-link]");
  if (!button) return;
  if (button.dataset.link) copy(new URL(button.dataset.link, location.href).href, "Lien");
  else copy(document.querySelector(button.dataset.copy).textContent, button.dataset.what ?? (button.dataset.copy === "#identity" ? "Identifiant" : "Commande"));
});

const help = () => el("help").showModal();
el("help-open").addEventListener("click", help);
keys({ "?": help });
workspaces().catch(() => { /* the page itself says that the sandbox is away */ });
