/** Clouds as operators meet them: what `weir doctor` says, and that no credential is ever shown. */

import { generateKeyPairSync } from "node:crypto";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../../support/program.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";

const ENTRA_TOKEN = "token-of-entra-that-was-planted-here";
const GOOGLE_TOKEN = "token-of-google-that-was-planted-here";
const SECRETS = {
  AWS_ACCESS_KEY_ID: "AKIAPLANTEDPLANTED00",
  AWS_SECRET_ACCESS_KEY: "secret-of-aws-that-was-planted-here",
  AWS_SESSION_TOKEN: "session-of-aws-that-was-planted-here",
  AZURE_CLIENT_SECRET: "secret-of-entra-that-was-planted-here",
};

const MODELS = [
  "bedrock/amazon.nova-2",
  "bedrock/anthropic.claude-opus-5",
  "azure/gpt",
  "vertex/gemini-3-pro",
  "vertex/claude-opus-5",
];

/** Issues tokens, and refuses everything else with all that it was sent. */
function startParrot() {
  return serveStandIn(({ path, headers, body }) => {
    if (path.endsWith("/token")) {
      const token = path.startsWith("/google/") ? GOOGLE_TOKEN : ENTRA_TOKEN;
      return Response.json({ access_token: token, expires_in: 3_600 });
    }
    const message = `You sent ${JSON.stringify([...headers])} ${new TextDecoder().decode(body)}`;
    return Response.json({ message, error: { message, code: "400" } }, {
      status: 400,
      headers: {
        "x-amzn-errortype": "ValidationException",
        "x-request-id": `${ENTRA_TOKEN} ${GOOGLE_TOKEN}`,
      },
    });
  });
}

/** The file of a service account, and a line of its key. */
function serviceAccount(tokenUri: string): { readonly file: string; readonly line: string } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const file = JSON.stringify({
    type: "service_account",
    private_key: key,
    client_email: "weir@project.example",
    token_uri: tokenUri,
  });
  return { file, line: key.split("\n")[2] ?? "" };
}

Deno.test("no credential of a cloud is in an error, a header, the log or the metrics", async () => {
  await using parrot = startParrot();
  const account = serviceAccount(`${parrot.origin}/google/token`);
  await using weir = await startProgram({
    env: {
      ...SECRETS,
      BEDROCK_BASE_URL: parrot.origin,
      AZURE_OPENAI_ENDPOINT: parrot.origin,
      AZURE_TENANT_ID: "tenant",
      AZURE_CLIENT_ID: "client",
      AZURE_AUTHORITY_HOST: parrot.origin,
      VERTEX_PROJECT: "project",
      VERTEX_BASE_URL: parrot.origin,
      VERTEX_CREDENTIALS: account.file,
    },
  });
  let shown = "";
  for (const model of MODELS) {
    for (const stream of [false, true]) {
      const response = await fetch(`${weir.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "Hi" }] }),
      });
      shown += JSON.stringify([...response.headers]) + await response.text();
      assertEquals(response.status, 400, shown);
    }
  }
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  const sent = JSON.stringify(parrot.requests.map(({ headers }) => [...headers]));
  const { AWS_SESSION_TOKEN, AWS_ACCESS_KEY_ID } = SECRETS;
  const carried = [ENTRA_TOKEN, GOOGLE_TOKEN, AWS_SESSION_TOKEN, AWS_ACCESS_KEY_ID];
  for (const secret of carried) assertStringIncludes(sent, secret);
  assertStringIncludes(shown, "You sent");
  assert(account.line.length === 64);
  await weir.stop();
  for (const secret of [...carried, ...Object.values(SECRETS), account.line]) {
    assert(!(shown + metrics + weir.output()).includes(secret), secret);
  }
});

Deno.test("weir doctor says that a cloud has no credentials, and where they are looked for", async () => {
  await using parrot = startParrot();
  const { code, output } = await runProgram({
    args: ["doctor"],
    env: {
      AWS_CONFIG_FILE: "/nonexistent/config",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
      BEDROCK_BASE_URL: parrot.origin,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  assertEquals(code, 1, output);
  assertStringIncludes(
    output,
    "bedrock: There are no credentials for it: There are no keys of AWS",
  );
  assertStringIncludes(output, "check AWS's keys: AWS_ACCESS_KEY_ID");
});
