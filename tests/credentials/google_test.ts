/** Tokens of Google: what is asked for, of whom, and what of it is kept secret. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { googleToken } from "../../src/credentials/google/google_token.ts";
import { headersOf, type Issuer, never, someRequest, testMeans } from "./means.ts";

const SCOPES = { scope: "scope-1", tokenUrl: "https://tokens.example/token" };
const USER_FILE = "~/.config/gcloud/application_default_credentials.json";
const USER = JSON.stringify({
  type: "authorized_user",
  client_id: "client",
  client_secret: "secret-of-the-user",
  refresh_token: "refresh-of-the-user",
});

async function tokenOf(issuer: Issuer, files: Readonly<Record<string, string>>, sources = {}) {
  const means = testMeans(issuer, files);
  const { request } = await googleToken({ ...SCOPES, ...sources })
    .authorize(someRequest(), means, never);
  return { means, authorization: headersOf(request)["authorization"] };
}

Deno.test("what a user's file has, and what is issued for it, is kept secret", async () => {
  const { means, authorization } = await tokenOf(
    ({ body }) => ({ access_token: `token for ${new URLSearchParams(body).get("refresh_token")}` }),
    { [USER_FILE]: USER },
  );
  const token = "token for refresh-of-the-user";
  assertEquals(authorization, `Bearer ${token}`);
  assertEquals(means.asked.map(({ url }) => url), [SCOPES.tokenUrl]);
  assertEquals(means.secrets, ["secret-of-the-user", "refresh-of-the-user", token]);
});

Deno.test("without a file the machine is asked", async () => {
  const { means, authorization } = await tokenOf(() => ({ access_token: "token-1" }), {});
  assertEquals(authorization, "Bearer token-1");
  const [asked] = means.asked;
  assertStringIncludes(asked?.url ?? "", "http://metadata.google.internal/computeMetadata/v1/");
  assertEquals(asked?.headers["metadata-flavor"], "Google");
});

Deno.test("a file that cannot be used is said so, and the machine is not asked in its place", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"type":"external_account"}', 'type "external_account"'],
    ["no JSON", "is no JSON"],
    ['{"type":"authorized_user"}', "refresh_token"],
    ['{"type":"service_account"}', "private_key"],
  ];
  for (const [text, says] of cases) {
    const means = testMeans(() => ({ access_token: "token-1" }), { "/file": text });
    const credentials = googleToken({ ...SCOPES, credentialsFile: "/file" });
    const thrown = await assertRejects(async () =>
      await credentials.authorize(someRequest(), means, never)
    );
    assertStringIncludes(String((thrown as Error).cause), says);
    assertEquals(means.asked, []);
  }
});
