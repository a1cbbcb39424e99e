/** Against a running sandbox, named by SOCLES_TESTING_URL; SOCLES_EXAMPLES is the folder docs/examples/iti41-curl. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Socles } from "../src/index.js";

const DEPOSIT =
  'multipart/related; type="application/xop+xml"; boundary="uuid:5f0c1a52-6f0e-4c7e-9d0a-3b1d0c5ea001"; start="<root.message@cxf.apache.org>"; start-info="application/soap+xml"';
const FINESS = "699050001";

let socles: Socles;

before(async () => {
  const url = process.env["SOCLES_TESTING_URL"];
  assert.ok(url, "SOCLES_TESTING_URL is not set");
  socles = await Socles.open({ url });
});

after(() => socles.close());

async function send(path: string, type: string, file: string): Promise<string> {
  const body = await readFile(`${process.env["SOCLES_EXAMPLES"]}/${file}`);
  return (await fetch(socles.url + path, { method: "POST", headers: { "Content-Type": type }, body })).text();
}

test("a deposit meets a fault, then is in the DMP, told and counted", async () => {
  const busy = await socles.inject("dmp.repository-busy", { times: 1 });
  const deposit = () => send("/si-dmp-server/v2/services/repository", DEPOSIT, "iti41-request.mime");
  assert.match(await deposit(), /XDSRepositoryBusy/);
  assert.equal((await busy.state()).fired, 1);
  assert.match(await deposit(), /ResponseStatusType:Success/);

  const document = await socles.expectDeposit((one) => one.typeCode === "11490-0");
  assert.equal((await socles.content(document.uniqueId)).length, document.size);
  await socles.expectEvent("dmp.document.registered.v1", (one) => one.subject === document.chain);
  await socles.expectIndicator("DMP-VOL", FINESS, (one) => one.num === 1);
  const refused = await socles.expectExchange((one) => one.code === "XDSRepositoryBusy");
  assert.equal(refused.fault, busy.id);
});

test("an identity is looked up", async () => {
  assert.match(await send("/lps", "application/soap+xml", "insi-request.xml"), /2751263220749/);
  await socles.expectExchange((one) => one.service === "ins_sim" && one.code === "00");
});

test("a signed assertion passes where a wrong one is refused", async () => {
  const strict = await Socles.open({ url: process.env["SOCLES_TESTING_URL"] ?? "" });
  try {
    await strict.sign.verified("strict");
    const request = await readFile(`${process.env["SOCLES_EXAMPLES"]}/insi-request.xml`, "utf8");
    const ask = async (security: string) => {
      const body = request.replace("</soap:Header>", `${security}</soap:Header>`);
      return (await fetch(`${strict.url}/lps`, { method: "POST", headers: { "Content-Type": "application/soap+xml" }, body })).text();
    };
    assert.match(await ask(await strict.sign.assertion()), /<CodeCR>00</);
    assert.match(await ask(await strict.sign.assertion({ flaw: "altered" })), /desir_560/);
    const broken = (await strict.sign.flaws())["altered"];
    await strict.expectExchange((one) => one.rules.includes(broken ?? "?"));
    assert.match(await strict.certificates.issue("org-sign", { structure: "1699050001" }), /BEGIN CERTIFICATE[^]*PRIVATE KEY|PRIVATE KEY[^]*BEGIN CERTIFICATE/);
    assert.match(await strict.certificates.authorities(), /BEGIN CERTIFICATE/);
  } finally {
    await strict.close();
  }
});

test("clock, people and catalogue", async () => {
  assert.equal((await socles.freeze(new Date("2026-03-29T00:59:00Z"))).frozen, true);
  assert.equal((await socles.advance(3600)).now, "2026-03-29T01:59:00Z");
  await socles.addPopulation({ persons: [{ id: "ts-1", birthName: "LEROY-TEST", givenNames: ["ANNE"], sex: "F", birthDate: "1984-05-02" }] });
  assert.ok((await socles.catalogue("mss_sim")).some((one) => one.id.startsWith("mss.")));
});
