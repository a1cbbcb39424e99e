import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { Socles, SoclesAssertionError, SoclesRefusal } from "../src/index.js";

const BASE = "/w/t-0123456789ab";
const SUMMARY = { id: "x1", service: "dmp_sim", operation: "iti41", outcome: "refused", status: 200, code: "XDSRepositoryError", fault: null, rules: ["dmp.a"] };
const FINDING = { rule: "dmp.a", severity: "error", titleFr: "Un gardien", titleEn: "A custodian", where: "/x", line: 12, part: null, expected: "custodian", found: "", remedy: "Ajouter.", source: "CI-SIS" };

let server: Server;
let url: string;
let socles: Socles;
/** Answers in turn, the last one for ever. */
let answers: Map<string, [number, unknown][]>;
let asked: string[];

function on(request: string, ...bodies: unknown[]): void {
  answers.set(request, bodies.map((body) => [200, body]));
}

before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const path = `${request.method} ${request.url?.split("?")[0]}`;
      asked.push([`${request.method} ${request.url}`, body].filter((part) => part !== "").join(" "));
      const left = answers.get(path) ?? [[404, { error: { code: "not-found", messageFr: "Inconnu.", message: "Unknown." } }]];
      const [status, content] = (left.length > 1 ? left.shift() : left[0]) as [number, unknown];
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server.close());

beforeEach(async () => {
  answers = new Map();
  asked = [];
  on("POST /_sandbox/workspaces", { name: "t-0123456789ab" });
  on(`GET ${BASE}/_sandbox/exchanges`, { items: [SUMMARY] });
  on(`GET ${BASE}/_sandbox/exchanges/x1`, { ...SUMMARY, findings: [FINDING] });
  socles = await Socles.open({ url: `${url}/`, timeout: 0.05 });
});

test("a workspace is made with a life span, and deleted", async () => {
  assert.equal(socles.url, url + BASE);
  assert.equal(socles.login("a@b.fr"), "t-0123456789ab/a@b.fr");
  on("DELETE /_sandbox/workspaces/t-0123456789ab", {});
  await socles.close();
  assert.deepEqual(asked, ['POST /_sandbox/workspaces {"strictness":"official","ttlSeconds":3600}', "DELETE /_sandbox/workspaces/t-0123456789ab"]);
});

test("assertions, lots and certificates are ordered in the words of the API", async () => {
  for (const path of ["sign/vihf", "sign/assertion", "sign/lot", "pki/certificates"]) on(`POST ${BASE}/_sandbox/${path}`, "made");
  assert.match(await socles.sign.vihf({ structure: "1699050001", flaw: "wrapped" }), /made/);
  assert.match(asked.at(-1) ?? "", /\/sign\/vihf \{"structure":"1699050001","flaw":"wrapped"\}$/);
  await socles.sign.assertion({ source: "PSC" });
  assert.match(asked.at(-1) ?? "", /\/sign\/assertion \{"source":"PSC"\}$/);
  await socles.sign.lot("2.25.1", { "2.25.2": new Uint8Array([1, 2, 3]) }, { card: "899900000010" });
  assert.match(asked.at(-1) ?? "", /\{"card":"899900000010","setId":"2.25.1","documents":\[\{"uniqueId":"2.25.2","content":"AQID"\}\]\}$/);
  await socles.certificates.issue("insi-auto", { flaw: "revoked" });
  assert.match(asked.at(-1) ?? "", /\/pki\/certificates \{"flaw":"revoked","kind":"insi-auto","format":"pem"\}$/);
  on("GET /_sandbox/workspaces/t-0123456789ab", { options: { "psc.login": "auto" } });
  on("PATCH /_sandbox/workspaces/t-0123456789ab", {});
  await socles.sign.verified("strict");
  assert.match(asked.at(-1) ?? "", /\{"options":\{"psc.login":"auto","assertions":"strict"\}\}$/);
  await socles.sign.lotsVerified("warn");
  assert.match(asked.at(-1) ?? "", /\{"options":\{"psc.login":"auto","assertions.lots":"warn"\}\}$/);
});

test("a refusal tells code, messages and details", async () => {
  answers.set(`POST ${BASE}/_sandbox/faults`, [
    [422, { error: { code: "request.invalid", messageFr: "Non.", message: "No.", details: [{ where: "body/effect", message: "Field required" }] } }],
  ]);
  await assert.rejects(socles.inject("nothing"), (error: unknown) => {
    assert.ok(error instanceof SoclesRefusal);
    assert.deepEqual([error.status, error.code], [422, "request.invalid"]);
    assert.match(error.message, /Non\. \/ No\.; body\/effect: Field required$/);
    return true;
  });
});

test("a fault is an entry of the catalogue, or a rule of one's own", async () => {
  const state = { id: "r1", effect: "refuse", seen: 2, fired: 1 };
  on(`POST ${BASE}/_sandbox/faults`, state);
  on(`GET ${BASE}/_sandbox/faults`, [state]);
  const fault = await socles.inject("dmp.repository-busy", { times: 1 });
  await socles.inject({ effect: "cut", service: "dmp_sim" });
  assert.deepEqual(asked.slice(1).map((one) => one.split(" ")[2]), ['{"fault":"dmp.repository-busy","times":1}', '{"effect":"cut","service":"dmp_sim"}']);
  assert.equal((await fault.state()).fired, 1);
  on(`GET ${BASE}/_sandbox/faults`, []);
  await assert.rejects(fault.state(), /no longer in force/);
});

test("a deposit is waited for", async () => {
  on(`GET ${BASE}/_sandbox/dmp_sim/documents`, [], [{ uniqueId: "1.2", typeCode: "11490-0" }]);
  assert.equal((await socles.expectDeposit((one) => one.typeCode === "11490-0", 5)).uniqueId, "1.2");
});

test("what does not come shows what was refused, and why", async () => {
  on(`GET ${BASE}/_sandbox/dmp_sim/documents`, []);
  await assert.rejects(socles.expectDeposit(() => true), (error: unknown) => {
    assert.ok(error instanceof SoclesAssertionError);
    assert.equal(
      error.message,
      [
        `dépôt / deposit : rien de tel en / no such thing within 0.05 s ; ${socles.url} ; 1 échange(s) / exchange(s)`,
        "✗ dmp_sim iti41 : refused XDSRepositoryError (200)",
        `  ${socles.url}/_sandbox/exchanges/x1`,
        "  - dmp.a (error) : Un gardien / A custodian",
        "      où / where : /x, ligne / line 12",
        "      attendu / expected : custodian",
        "      remède / remedy : Ajouter.",
        "      source : CI-SIS",
      ].join("\n"),
    );
    assert.equal(error.exchanges[0]?.id, "x1");
    return true;
  });
});

test("a mail is waited for by criteria and given in full", async () => {
  on(`GET ${BASE}/_sandbox/mss_sim/messages`, { messages: [] }, { messages: [{ ref: "r1" }] });
  on(`GET ${BASE}/_sandbox/mss_sim/messages/r1`, { ref: "r1", subject: "Votre sortie" });
  assert.equal((await socles.waitForMail({ to: "é@b.fr" }, 5)).subject, "Votre sortie");
  assert.ok(asked.includes(`GET ${BASE}/_sandbox/mss_sim/messages?to=%C3%A9%40b.fr&limit=1`), asked.join("\n"));
});

test("events and indicators are read where they are kept", async () => {
  on(`GET ${BASE}/_sandbox/ins_sim/events`, { items: [{ id: "e1", data: { code: "00" } }] });
  on(`GET ${BASE}/_sandbox/metrics/events`, { items: [] });
  on(`GET ${BASE}/api/indicators`, { total: { cells: { "DMP-VOL": { num: 0 } } } }, { total: { cells: { "DMP-VOL": { num: 1 } } } });
  assert.equal((await socles.expectEvent("fr.socles.insi.call.completed.v1", (one) => one.data["code"] === "00")).id, "e1");
  await assert.rejects(socles.expectEvent("stay.discharged.v1", () => true), SoclesAssertionError);
  assert.equal((await socles.expectIndicator("DMP-VOL", "699050001", (one) => one.num === 1, 5)).num, 1);
  await assert.rejects(socles.indicator("NONE"), /no indicator NONE/);
});
