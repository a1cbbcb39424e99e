import type { Exchange } from "./types.js";

/** What was waited for did not come; the message shows the exchanges, their findings, and links. */
export class SoclesAssertionError extends Error {
  constructor(
    message: string,
    readonly exchanges: readonly Exchange[],
  ) {
    super(message);
    this.name = "SoclesAssertionError";
  }
}

/** One exchange in lines: verdict, link, and each finding with where, expected, found and remedy. */
export function describe(exchange: Exchange, link: string): string {
  const verdict = [exchange.outcome, exchange.code ?? "", `(${exchange.status})`].filter((one) => one !== "").join(" ");
  const fault = exchange.fault === null ? "" : `, panne / fault ${exchange.fault}`;
  const lines = [`${exchange.outcome === "accepted" ? "✓" : "✗"} ${exchange.service} ${exchange.operation} : ${verdict}${fault}`, `  ${link}`];
  for (const one of exchange.findings) {
    lines.push(`  - ${one.rule} (${one.severity}) : ${one.titleFr} / ${one.titleEn}`);
    const where = [one.where, one.line === null ? "" : `ligne / line ${one.line}`, one.part ?? ""].filter((part) => part !== "").join(", ");
    const details: [string, string][] = [
      ["où / where", where],
      ["attendu / expected", one.expected],
      ["reçu / found", one.found],
      ["remède / remedy", one.remedy],
      ["source", one.source],
    ];
    for (const [label, value] of details) if (value !== "") lines.push(`      ${label} : ${value}`);
  }
  return lines.join("\n");
}
