// openid-client for Node: discovery, login with PKCE, refresh, introspection, revocation. Arguments: issuer, RPPS.
import * as client from "openid-client";

const [issuer, rpps] = process.argv.slice(2);
const back = "http://127.0.0.1:3000/retour";
const options = { execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(issuer), "lps-node", "un-secret", undefined, options);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const asked = client.buildAuthorizationUrl(config, {
  redirect_uri: back,
  scope: "openid scope_all",
  acr_values: "eidas1",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
  login_hint: rpps,
  prompt: "none",
});
const sent = await fetch(asked, { redirect: "manual" });
const returned = new URL(sent.headers.get("location"));

const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, returned, checks);
const { sub } = tokens.claims();
const who = await client.fetchUserInfo(config, tokens.access_token, sub);
const second = await client.refreshTokenGrant(config, tokens.refresh_token);
const before = await client.tokenIntrospection(config, second.access_token);
await client.tokenRevocation(config, second.refresh_token);
const after = await client.tokenIntrospection(config, second.access_token);
const refused = await client.refreshTokenGrant(config, second.refresh_token).then(
  () => "accepted",
  (error) => error.error,
);
console.log(JSON.stringify({ national: who.SubjectNameID, before: before.active, after: after.active, refused }));
