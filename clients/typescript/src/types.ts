/** What the control API answers with; `/openapi.json` of a running sandbox has every member. */

export type Severity = "info" | "warning" | "error";
export type Service = "dmp_sim" | "ins_sim" | "mss_sim" | "psc_sim" | "metrics";

/** One breach of one rule in one message. */
export interface Finding {
  rule: string;
  severity: Severity;
  certainty: "faithful" | "simplified" | "ours";
  /** What the national service does with such a breach. */
  official: "refuses" | "tolerates" | "unknown";
  titleFr: string;
  titleEn: string;
  where: string;
  line: number | null;
  part: string | null;
  expected: string;
  found: string;
  remedy: string;
  source: string;
  sourceVersion: string;
}

/** An exchange as lists show it. */
export interface ExchangeSummary {
  id: string;
  service: Service;
  operation: string;
  /** RFC 3339, by the real clock. */
  receivedAt: string;
  outcome: "accepted" | "refused" | "fault" | "error" | "overload";
  /** HTTP status or SMTP reply code. */
  status: number;
  code: string | null;
  subject: string | null;
  finess: string | null;
  durationMs: number;
  /** The fault rule that fired. */
  fault: string | null;
  /** Rules broken. */
  rules: string[];
  /** Ids of the events emitted. */
  events: string[];
}

/** An exchange with its findings. */
export interface Exchange extends ExchangeSummary {
  findings: Finding[];
}

/** A document in the DMP. */
export interface DocumentSummary {
  uniqueId: string;
  entryUuid: string;
  /** Logical id of all its versions, as events carry it. */
  chain: string;
  revision: number;
  status: string;
  title: string;
  typeCode: string | null;
  classCode: string | null;
  size: number;
  sha1: string;
  submissionSet: string;
  exchangeId: string;
  registeredAt: string;
  replaces: string | null;
}

/** A mail in full. */
export interface Mail {
  ref: string;
  kind: "mail" | "report";
  exchangeId: string;
  mailFrom: string;
  recipients: { address: string; citizen: boolean; state: "delivered" | "failed"; rule: string | null }[];
  subject: string;
  messageId: string | null;
  size: number;
  acceptedAt: string;
  headers: [string, string][];
  parts: { number: string; contentType: string; filename: string | null }[];
  findings: Finding[];
}

/** Which mail to wait for; all that is given must match. */
export interface MailQuery {
  to?: string;
  from?: string;
  /** Part of the subject. */
  subject?: string;
  messageId?: string;
  /** `ref` of a mail: only later ones. */
  after?: string;
}

/** An event as it went, or will go, to the bus. */
export interface SoclesEvent {
  id: string;
  source: string;
  type: string;
  topic: string;
  subject: string;
  time: string;
  sequence: number | null;
  partition: number;
  data: Record<string, unknown>;
  position: number;
}

/** An indicator's value. */
export interface IndicatorValue {
  num: number;
  den: number | null;
  /** Null when there is nothing to divide by. */
  value: number | null;
  target: number | null;
  reached: boolean | null;
  measures: Record<string, number>;
}

/** When a fault happens; what is not said matches all. */
export interface FaultConditions {
  service?: Service;
  operation?: string;
  point?: "received" | "before-commit" | "before-answer";
  /** Attribute of the call → pattern (`*`, `?`, `[…]`). */
  match?: Record<string, string>;
  /** First matching call on which it may happen. */
  nth?: number;
  /** How often at most. */
  times?: number;
  probability?: number;
  code?: string;
  reason?: string;
  latencyMs?: number;
  latencyP99Ms?: number;
  share?: number;
  bytesPerSecond?: number;
  seconds?: number;
}

export type FaultEffect =
  | "latency" | "refuse" | "cut" | "cut-answer" | "truncate" | "drip" | "overload" | "stale" | "delay-event";

/** A rule of one's own. */
export interface FaultRule extends FaultConditions {
  effect: FaultEffect;
}

/** A rule in force. */
export interface FaultState extends FaultRule {
  id: string;
  /** The entry or the profile it came from. */
  catalogue: string | null;
  /** Matching calls so far. */
  seen: number;
  /** How often it happened. */
  fired: number;
}

/** A documented refusal or failure. */
export interface CatalogueEntry {
  id: string;
  service: Service | null;
  operations: string[];
  effect: FaultEffect;
  code: string | null;
  titleFr: string;
  titleEn: string;
  /** The exact answer. */
  wire: string;
  clientFr: string;
  /** What a good client does. */
  clientEn: string;
  source: string;
  certainty: "faithful" | "simplified" | "ours";
  magic: string | null;
}

/** What a workspace's clock shows. */
export interface ClockState {
  now: string;
  frozen: boolean;
  offsetSeconds: number;
}
