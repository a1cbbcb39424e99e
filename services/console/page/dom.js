// What all pages of the console share. Data become text nodes and attributes, never markup.

const page = document.documentElement.dataset;
export const root = page.root;
export const workspace = page.workspace;
export const el = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// A JSON document of the sandbox; an error says in words what the API said.
export async function json(path, signal) {
  let answer;
  try {
    answer = await fetch(root + path, { headers: { Accept: "application/json" }, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("le bac à sable ne répond pas");
  }
  if (!answer.ok) throw new Error(await words(answer));
  return answer.json();
}

export async function words(answer) {
  try {
    return (await answer.json()).error.messageFr;
  } catch {
    return `réponse ${answer.status}`;
  }
}

let fading = null;
export function toast(text) {
  el("toast").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { el("toast").textContent = ""; }, 2500);
}

// Single keys, unless one types or a dialog is open. Modifiers belong to the browser.
export function keys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
    const action = actions[event.key];
    if (!action || (typing && event.key !== "Escape")) return;
    if (action(event) !== false) event.preventDefault();
  });
}
