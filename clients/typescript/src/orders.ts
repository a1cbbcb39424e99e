/** What the signer and the authorities are asked for; `/openapi.json` of a running sandbox has every member. */

/** How an assertion is signed, and in what it is wrong. */
export interface SignatureOrder {
  /** One of `socles.sign.flaws()`. */
  flaw?: string;
  /** RFC 3339; by default now, by the workspace's clock. */
  issuedAt?: string;
  /** With Conditions of so long. */
  validSeconds?: number;
  issuer?: string;
  /** OU or CN of the signer; by default as the assertion says. */
  signer?: string;
  id?: string;
  digest?: "sha256" | "sha1";
  /** By Name: other values, or null to leave one out. */
  attributes?: Record<string, string | null>;
}

export interface VihfOrder extends SignatureOrder {
  profile?: "DIRECTE" | "INDIRECTE" | "INDIRECTE_RENFORCEE";
  /** Identifiant_Structure, 1 and the FINESS: the signer too. */
  structure?: string;
  /** A CX: `INS^^^&OID&ISO^NH`. */
  patient?: string;
  /** 8 and the RPPS; DIRECTE: CN of the card. */
  nameId?: string;
  subjectId?: string | null;
  version?: string;
  sector?: string;
  profession?: string;
  speciality?: string | null;
  purpose?: string;
  lpsName?: string;
  lpsVersion?: string;
  lpsApproval?: string;
}

export interface AssertionOrder extends SignatureOrder {
  source?: "CPS" | "PSC";
  /** 8 and the RPPS: CN of the card. */
  nationalId?: string;
  billingId?: string;
  speciality?: string | null;
  sector?: string;
  /** A virtual Vitale card, by id or insured number: its assertion is put beside. */
  vitale?: string;
}

export interface LotOrder {
  /** OU of the signer. */
  structure?: string;
  /** CN of the card that signs instead. */
  card?: string;
  signedAt?: string;
  flaw?: string;
}

export type CertificateKind = "server" | "insi-auto" | "insi-manu" | "org-auth-cli" | "org-sign" | "cps-auth" | "cps-sign";

export interface CertificateOrder {
  flaw?: "expired" | "not-yet-valid" | "revoked" | "wrong-host" | "foreign-root" | "wrong-cn" | "weak-key";
  /** OU: 1 and the FINESS, or 3 and the SIRET. */
  structure?: string;
  organisation?: string;
  /** CN of a card. */
  nationalId?: string;
  family?: string;
  given?: string;
  hosts?: string[];
}
