// French numbers, dates and small drawings.

const integers = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const rates = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });
const points = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
const days = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "short", year: "numeric", timeZone: "Europe/Paris" });
const instants = new Intl.DateTimeFormat("fr-FR", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "Europe/Paris",
});
const clock = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const integer = (value) => integers.format(value);
export const percent = (value) => percents.format(value);
export const rate = (value) => rates.format(value);
export const gap = (value) => `${points.format(value * 100).replace("-", "−")} pts`;
export const day = (text) => days.format(new Date(`${text}T12:00:00Z`));
export const instant = (text) => instants.format(new Date(text));
export const time = (date) => clock.format(date);

export function milliseconds(value) {
  if (value === null || value === undefined) return "–";
  return value < 1000 ? `${integers.format(value)} ms` : `${rates.format(value / 1000)} s`;
}

export const isRatio = (indicator) => indicator.kind !== "flow_count";

export function value(indicator, cell) {
  if (cell.value === null) return "n. d.";
  return isRatio(indicator) ? percent(cell.value) : integer(cell.num);
}

export function target(indicator) {
  const { target: goal } = indicator;
  if (!goal) return "";
  if (goal.value === null) return "cible à fixer";
  return `cible ${goal.comparison === ">=" ? "≥" : "≤"} ${percents.format(goal.value).replace(",0", "")}`;
}

export function certainty(indicator) {
  const words = { official: "officielle", "press-report": "rapportée par la presse", placeholder: "notre choix, à fixer" };
  const { target: goal } = indicator;
  return goal ? [`Cible ${words[goal.certainty]}`, goal.programme, goal.source].filter(Boolean).join(" · ") : "";
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) {
    if (text !== null && text !== undefined && text !== false) made.setAttribute(key, text === true ? "" : text);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 64;
const HEIGHT = 18;

// A curve of the last days, drawn through days with nothing to divide by; the target as a hair line.
export function sparkline(indicator, cell) {
  const svg = shape("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  const days = cell.spark.flatMap((each, index) => (each === null ? [] : [[index, each]]));
  if (!days.length || days.every(([, each]) => each === 0 && !isRatio(indicator))) return svg;
  const top = Math.max(isRatio(indicator) ? Math.max(cell.target ?? 0, 0.05) : 1, ...days.map(([, each]) => each));
  const x = (index) => (2 + (index * (WIDTH - 4)) / Math.max(1, cell.spark.length - 1)).toFixed(1);
  const y = (each) => (HEIGHT - 2 - (each * (HEIGHT - 4)) / top).toFixed(1);
  if (cell.target !== null) svg.append(shape("line", { class: "goal", x1: 0, x2: WIDTH, y1: y(cell.target), y2: y(cell.target) }));
  const steps = days.map(([index, each], rank) => `${rank ? "L" : "M"}${x(index)} ${y(each)}`);
  const [last, latest] = days.at(-1);
  svg.append(shape("path", { d: steps.join("") }), shape("circle", { cx: x(last), cy: y(latest), r: 1.6 }));
  return svg;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  return made;
}
