import { Api } from "./api.js";
import type { AssertionOrder, CertificateKind, CertificateOrder, LotOrder, VihfOrder } from "./orders.js";

const SIGN = "/_sandbox/sign";
const PKI = "/_sandbox/pki";

/** The sandbox's signer, at the workspace's clock: right, or wrong in one way (`flaw`). */
export class Signing {
  constructor(
    private readonly api: Api,
    private readonly installation: Api,
    private readonly workspace: string,
  ) {}

  /** How strictly the workspace takes signed assertions; its other options stay. */
  verified(mode: "off" | "warn" | "strict"): Promise<void> {
    return this.choose("assertions", mode);
  }

  /** The same of the signatures of lots (Signature01). */
  lotsVerified(mode: "off" | "warn" | "strict"): Promise<void> {
    return this.choose("assertions.lots", mode);
  }

  private async choose(option: string, mode: string): Promise<void> {
    const path = `/_sandbox/workspaces/${this.workspace}`;
    const { options } = await this.installation.get<{ options: Record<string, string> }>(path);
    await this.installation.patch(path, { options: { ...options, [option]: mode } });
  }

  /** The header block `wsse:Security` with a VIHF, for the SOAP header as it is. */
  vihf(order: VihfOrder = {}): Promise<string> {
    return this.api.text(`${SIGN}/vihf`, order);
  }

  /** The same with INSi's assertion: signed by a card, unsigned from Pro Santé Connect. */
  assertion(order: AssertionOrder = {}): Promise<string> {
    return this.api.text(`${SIGN}/assertion`, order);
  }

  /** The content of Signature01; `documents` by uniqueId, in the order of the lot. */
  lot(setId: string, documents: Record<string, Uint8Array>, order: LotOrder = {}): Promise<string> {
    const listed = Object.entries(documents).map(([uniqueId, content]) => ({ uniqueId, content: Buffer.from(content).toString("base64") }));
    return this.api.text(`${SIGN}/lot`, { ...order, setId, documents: listed });
  }

  /** Deliberate mistakes of assertions, each with the rule that it breaks. */
  async flaws(): Promise<Record<string, string>> {
    const all = await this.api.get<{ name: string; breaks: string }[]>(`${SIGN}/flaws`);
    return Object.fromEntries(all.map((one) => [one.name, one.breaks]));
  }
}

/** The sandbox's own authorities. */
export class Certificates {
  constructor(private readonly api: Api) {}

  /** Roots and intermediates (PEM): `ca` of `node:tls` and `node:https`. */
  async authorities(): Promise<string> {
    return new TextDecoder().decode(await this.api.bytes(`${PKI}/ca.pem`));
  }

  /** Certificate, chain and key in one PEM text: `cert` and `key` of `node:tls` and `node:https`. */
  issue(kind: CertificateKind, order: CertificateOrder = {}): Promise<string> {
    return this.api.text(`${PKI}/certificates`, { ...order, kind, format: "pem" });
  }
}
