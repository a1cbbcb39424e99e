import { Api, type Query } from "./api.js";
import { describe, SoclesAssertionError } from "./report.js";
import { Certificates, Signing } from "./signing.js";
import type {
  CatalogueEntry,
  ClockState,
  DocumentSummary,
  Exchange,
  ExchangeSummary,
  FaultConditions,
  FaultRule,
  FaultState,
  IndicatorValue,
  Mail,
  MailQuery,
  Service,
  SoclesEvent,
} from "./types.js";

export { SoclesRefusal } from "./api.js";
export { SoclesAssertionError } from "./report.js";
export type { Certificates, Signing } from "./signing.js";
export type * from "./orders.js";
export type * from "./types.js";

const SERVICES: Record<string, Service> = { dmp: "dmp_sim", insi: "ins_sim", mss: "mss_sim" };
const LIVES = 3600;
const SHOWN = 5;
const PAGE = 500;

/** How a workspace is made. */
export interface Options {
  /** Of the installation. */
  url?: string;
  strictness?: "official" | "lenient";
  /** Seconds after its last use at which it is deleted by itself. */
  ttlSeconds?: number;
  /** Seconds that waits last when they say nothing else. */
  timeout?: number;
}

/** A fault in force. */
export interface Injection {
  readonly id: string;
  /** How often it happened, and how many calls matched. */
  state(): Promise<FaultState>;
  remove(): Promise<void>;
}

/** One workspace. Close it after the test. */
export class Socles {
  /** Assertions and lot signatures, right or wrong. */
  readonly sign: Signing;
  /** The sandbox's authorities. */
  readonly certificates: Certificates;

  private constructor(
    private readonly installation: Api,
    private readonly api: Api,
    readonly workspace: string,
    private readonly timeout: number,
  ) {
    this.sign = new Signing(api, installation, workspace);
    this.certificates = new Certificates(api);
  }

  /** Makes a workspace with a generated name. */
  static async open(options: Options = {}): Promise<Socles> {
    const installation = new Api((options.url ?? "http://127.0.0.1:8080").replace(/\/+$/, ""));
    const { name } = await installation.post<{ name: string }>("/_sandbox/workspaces", {
      strictness: options.strictness ?? "official",
      ttlSeconds: options.ttlSeconds ?? LIVES,
    });
    return new Socles(installation, new Api(`${installation.base}/w/${name}`), name, options.timeout ?? 10);
  }

  /** Deletes the workspace. */
  async close(): Promise<void> {
    await this.installation.delete(`/_sandbox/workspaces/${this.workspace}`);
  }

  /** Base of all paths of the workspace: put it in place of the national host's. */
  get url(): string {
    return this.api.base;
  }

  /** The login of a mailbox: mail has no other place for the workspace. */
  login(box: string): string {
    return `${this.workspace}/${box}`;
  }

  /** Puts a fault in force: an entry of the catalogue, with other settings if wished, or a rule of one's own. */
  async inject(fault: string | FaultRule, settings: FaultConditions = {}): Promise<Injection> {
    const body = typeof fault === "string" ? { fault, ...settings } : { ...fault, ...settings };
    const { id } = await this.api.post<FaultState>("/_sandbox/faults", body);
    return {
      id,
      state: async () => {
        const found = (await this.faults()).find((one) => one.id === id);
        if (found === undefined) throw new Error(`fault ${id} is no longer in force`);
        return found;
      },
      remove: () => this.api.delete(`/_sandbox/faults/${encodeURIComponent(id)}`),
    };
  }

  /** The rules in force. */
  faults(): Promise<FaultState[]> {
    return this.api.get("/_sandbox/faults");
  }

  /** The faults that may be injected by id. */
  catalogue(service?: Service): Promise<CatalogueEntry[]> {
    return this.api.get("/_sandbox/faults/catalogue", { service });
  }

  /** Puts the rules of a bad day in force: `slow-monday`. */
  profile(name: string): Promise<FaultState[]> {
    return this.api.post("/_sandbox/faults/profile", { profile: name });
  }

  /** The newest exchanges, at most 500. */
  async exchanges(filters: Query = {}): Promise<ExchangeSummary[]> {
    return (await this.api.get<{ items: ExchangeSummary[] }>("/_sandbox/exchanges", { limit: PAGE, ...filters })).items;
  }

  /** One exchange with its findings. */
  exchange(id: string): Promise<Exchange> {
    return this.api.get(`/_sandbox/exchanges/${encodeURIComponent(id)}`);
  }

  /** Waits for an exchange that matches. */
  async expectExchange(matches: (one: ExchangeSummary) => boolean, seconds = this.timeout): Promise<Exchange> {
    const found = await this.#wait("échange / exchange", async () => (await this.exchanges()).find(matches), seconds);
    return this.exchange(found.id);
  }

  /** The documents in the DMP, newest first, at most 1000. */
  documents(): Promise<DocumentSummary[]> {
    return this.api.get("/_sandbox/dmp_sim/documents", { limit: 1000 });
  }

  /** Waits for a deposit that matches. */
  expectDeposit(matches: (one: DocumentSummary) => boolean, seconds = this.timeout): Promise<DocumentSummary> {
    return this.#wait("dépôt / deposit", async () => (await this.documents()).find(matches), seconds, "dmp_sim");
  }

  /** The bytes of a document, as deposited. */
  content(uniqueId: string): Promise<Uint8Array> {
    return this.api.bytes(`/_sandbox/dmp_sim/documents/${encodeURIComponent(uniqueId)}/raw`);
  }

  /** Waits for a mail. */
  async waitForMail(query: MailQuery, seconds = this.timeout): Promise<Mail> {
    const newest = async () => {
      const { messages } = await this.api.get<{ messages: { ref: string }[] }>("/_sandbox/mss_sim/messages", { ...query, limit: 1 });
      return messages[0];
    };
    const { ref } = await this.#wait("message / mail", newest, seconds, "mss_sim");
    return this.api.get(`/_sandbox/mss_sim/messages/${encodeURIComponent(ref)}`);
  }

  /** The events of a type, such as `dmp.document.registered.v1`, in the order of their commits; at most 1000. */
  async events(type: string): Promise<SoclesEvent[]> {
    const service = SERVICES[type.replace(/^fr\.socles\./, "").split(".")[0] ?? ""] ?? "metrics";
    return (await this.api.get<{ items: SoclesEvent[] }>(`/_sandbox/${service}/events`, { type, limit: 1000 })).items;
  }

  /** Waits for an event that matches. */
  expectEvent(type: string, matches: (one: SoclesEvent) => boolean, seconds = this.timeout): Promise<SoclesEvent> {
    return this.#wait(`événement / event ${type}`, async () => (await this.events(type)).find(matches), seconds);
  }

  /** An indicator's value over a window (`30d`, `month`, `2026-11`), for a FINESS or for all. */
  async indicator(indicator: string, finess?: string, window = "30d"): Promise<IndicatorValue> {
    const query = { indicator, finess, window };
    const answer = await this.api.get<{ total: { cells: Record<string, IndicatorValue> } }>("/api/indicators", query);
    const cell = answer.total.cells[indicator];
    if (cell === undefined) throw new Error(`no indicator ${indicator}`);
    return cell;
  }

  /** Waits until an indicator's value matches. */
  expectIndicator(
    indicator: string,
    finess: string | undefined,
    matches: (one: IndicatorValue) => boolean,
    seconds = this.timeout,
  ): Promise<IndicatorValue> {
    const look = async () => {
      const value = await this.indicator(indicator, finess);
      return matches(value) ? value : undefined;
    };
    return this.#wait(`indicateur / indicator ${indicator}`, look, seconds);
  }

  /** What the clock shows. */
  clock(): Promise<ClockState> {
    return this.api.get("/_sandbox/clock");
  }

  /** Stops the clock, at an instant or where it is. */
  freeze(at?: Date): Promise<ClockState> {
    return this.api.post("/_sandbox/clock/freeze", at === undefined ? {} : { at: at.toISOString() });
  }

  /** Moves the clock, backwards if negative. */
  advance(seconds: number): Promise<ClockState> {
    return this.api.post("/_sandbox/clock/advance", { by: seconds });
  }

  /** Adds people and places, or replaces them: persons, establishments, professionals, boxes. */
  async addPopulation(body: Record<string, unknown>): Promise<void> {
    await this.api.post("/_sandbox/population", body);
  }

  async #wait<T>(what: string, look: () => Promise<T | undefined>, seconds: number, service?: Service): Promise<T> {
    const deadline = performance.now() + seconds * 1000;
    for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
      const found = await look();
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw await this.#missing(what, seconds, service);
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
    }
  }

  async #missing(what: string, seconds: number, service?: Service): Promise<SoclesAssertionError> {
    const all = await this.exchanges({ service });
    const wrong = all.filter((one) => one.outcome !== "accepted" || one.rules.length > 0);
    const shown = await Promise.all((wrong.length > 0 ? wrong : all).slice(0, SHOWN).map((one) => this.exchange(one.id)));
    const lines = shown.map((one) => describe(one, `${this.url}/_sandbox/exchanges/${one.id}`));
    const head = `${what} : rien de tel en / no such thing within ${seconds} s ; ${this.url} ; ${all.length} échange(s) / exchange(s)`;
    return new SoclesAssertionError([head, ...lines].join("\n"), shown);
  }
}
