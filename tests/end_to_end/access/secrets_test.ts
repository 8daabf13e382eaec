/** Keys are planted everywhere, everything is made to fail, and then they are looked for (T57). */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { failureOf, FAILURES } from "./leaking_answers.ts";

const PLANTED = {
  PROXY_API_KEY: "planted-gateway-5e1f",
  OPENAI_API_KEY: "planted-openai-77ab",
  OPENROUTER_API_KEY: "planted-openrouter-c02d",
  VENICE_API_KEY: "planted-venice-19fe",
  UPSTREAM_OTHER_API_KEY: "planted-other-88aa",
};
const CLIENT_SECRETS = ["planted-cookie-31", "planted-client-key-32", "planted-query-33"];
const ACCOUNT_DATA = ["planted-balance-2", "planted-organization-3", "planted-session-4"];
/** Of keys whose middle an upstream has left out, of its stack, and of what it says of its host. */
const TRACES = [/planted-\w*(\*|\.\.|…)/, /app\.js/, /10\.1\.2\.3/, /lib\.py/];

const CLIENT_HEADERS = {
  authorization: `Bearer ${PLANTED.PROXY_API_KEY}`,
  cookie: "planted-cookie-31",
  "api-key": "planted-client-key-32",
};

/** An upstream that fails as the request's model or path asks for. */
function startLeakingProvider(forwarded: string[]): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response("") },
    async (request) => {
      const { authorization, ...others } = Object.fromEntries(request.headers);
      forwarded.push(JSON.stringify(others), authorization ?? "");
      return FAILURES[await failureOf(request)]?.(request) ?? Response.json({ data: [] });
    },
  );
}

/** What a client reads of an answer, as it came and with the escapes of JSON resolved. */
async function textsOf(response: Response): Promise<string> {
  const headers = JSON.stringify([...response.headers]);
  const body = await response.text().catch((thrown) => String(thrown));
  return `${headers}\n${body}\n${body.replaceAll("\\u002d", "-")}`;
}

Deno.test("no key, cookie or account header is in any answer, log line or forwarded header", async () => {
  const forwarded: string[] = [];
  await using provider = startLeakingProvider(forwarded);
  const host = `127.0.0.1:${provider.addr.port}`;
  await using weir = await startProgram({
    env: {
      ...PLANTED,
      OPENAI_BASE_URL: `http://${host}/openai/v1`,
      OPENROUTER_BASE_URL: `http://${host}/openrouter`,
      VENICE_BASE_URL: `http://${host}/venice`,
      UPSTREAM_OTHER_BASE_URL: `http://${host}/other`,
      MAX_RETRIES: "0",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      LOG_LEVEL: "debug",
    },
  });
  const seen = new Map<string, string>();
  const note = async (name: string, response: Response): Promise<void> => {
    assert(response.status >= 400 || name.includes("mid-stream"), `${name}: ${response.status}`);
    seen.set(name, await textsOf(response));
  };
  for (const failure of Object.keys(FAILURES)) {
    for (const provider of ["openai", "openrouter", "venice", "other"]) {
      for (const stream of [true, false]) {
        const name = `${failure} of ${provider}, ${stream ? "streamed" : "whole"}`;
        if (failure === "mid-stream" && !stream) continue;
        const response = await fetch(`${weir.url}/v1/chat/completions?key=planted-query-33`, {
          method: "POST",
          headers: { ...CLIENT_HEADERS, "content-type": "application/json" },
          body: JSON.stringify({
            model: `${provider}/${failure}`,
            stream,
            messages: [{ role: "user", content: "hi" }],
          }),
        });
        await note(name, response);
      }
    }
    const handedThrough = await fetch(`${weir.url}/v1/files/${failure}`, {
      headers: CLIENT_HEADERS,
      redirect: "manual",
    });
    // What a stream says after it has begun is the upstream's own, and not looked into.
    if (/stream|fault|redirect|garbage|cut/.test(failure)) await handedThrough.body?.cancel();
    else await note(`${failure}, handed through`, handedThrough);
  }
  await note("models", await fetch(`${weir.url}/v1/models`, { headers: CLIENT_HEADERS }));
  const pasted = `${weir.url}/v1/${PLANTED.PROXY_API_KEY}/${PLANTED.OPENAI_API_KEY}`;
  await (await fetch(pasted, { headers: CLIENT_HEADERS })).body?.cancel();
  await weir.stop();

  const secrets = [...Object.values(PLANTED), ...CLIENT_SECRETS];
  for (const [name, text] of seen) {
    for (const secret of [...secrets, ...ACCOUNT_DATA, host]) {
      assert(!text.includes(secret), `${secret} is in the answer to ${name}: ${text}`);
    }
    for (const trace of TRACES) assert(!trace.test(text), `${trace} in ${name}: ${text}`);
  }
  for (const secret of [...secrets, ...ACCOUNT_DATA]) {
    const lines = weir.output().split("\n");
    assertEquals(lines.find((line) => line.includes(secret)), undefined, secret);
  }
  const others = forwarded.filter((text) => text.startsWith("{")).join("\n");
  for (const secret of secrets) assert(!others.includes(secret), `${secret} was forwarded`);
  const keys = new Set(forwarded.filter((text) => text.startsWith("Bearer ")));
  assertEquals(keys.size, 4, "each upstream was given its own key and no other");
});
