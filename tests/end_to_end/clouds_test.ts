/** Clouds as operators meet them: what `weir doctor` says, and that no credential is ever shown. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../support/program.ts";
import { serveStandIn } from "../support/providers/stand_in.ts";

const ENTRA_TOKEN = "token-of-entra-that-was-planted-here";
const SECRETS = {
  AWS_ACCESS_KEY_ID: "AKIAPLANTEDPLANTED00",
  AWS_SECRET_ACCESS_KEY: "secret-of-aws-that-was-planted-here",
  AWS_SESSION_TOKEN: "session-of-aws-that-was-planted-here",
  AZURE_CLIENT_SECRET: "secret-of-entra-that-was-planted-here",
};

/** Issues a token, and refuses everything else with all that it was sent. */
function startParrot() {
  return serveStandIn(({ path, headers, body }) => {
    if (path.endsWith("/token")) {
      return Response.json({ access_token: ENTRA_TOKEN, expires_in: 3_600 });
    }
    const message = `You sent ${JSON.stringify([...headers])} ${new TextDecoder().decode(body)}`;
    return Response.json({ message, error: { message, code: "400" } }, {
      status: 400,
      headers: { "x-amzn-errortype": "ValidationException", "x-request-id": ENTRA_TOKEN },
    });
  });
}

Deno.test("no credential of a cloud is in an error, a header, the log or the metrics", async () => {
  await using parrot = startParrot();
  await using weir = await startProgram({
    env: {
      ...SECRETS,
      BEDROCK_BASE_URL: parrot.origin,
      AZURE_OPENAI_ENDPOINT: parrot.origin,
      AZURE_TENANT_ID: "tenant",
      AZURE_CLIENT_ID: "client",
      AZURE_AUTHORITY_HOST: parrot.origin,
    },
  });
  let shown = "";
  for (const model of ["bedrock/amazon.nova-2", "bedrock/anthropic.claude-opus-5", "azure/gpt"]) {
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
  for (const secret of [ENTRA_TOKEN, SECRETS.AWS_SESSION_TOKEN, SECRETS.AWS_ACCESS_KEY_ID]) {
    assertStringIncludes(sent, secret);
  }
  assertStringIncludes(shown, "You sent");
  for (const secret of [ENTRA_TOKEN, ...Object.values(SECRETS)]) {
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
