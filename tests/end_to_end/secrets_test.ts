/** Keys are planted everywhere, everything is made to fail, and then they are looked for (T57). */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";

const PLANTED = {
  PROXY_API_KEY: "planted-gateway-5e1f",
  OPENAI_API_KEY: "planted-openai-77ab",
  OPENROUTER_API_KEY: "planted-openrouter-c02d",
  VENICE_API_KEY: "planted-venice-19fe",
  UPSTREAM_OTHER_API_KEY: "planted-other-88aa",
};
const CLIENT_SECRETS = ["planted-cookie-31", "planted-client-key-32", "planted-query-33"];

/** How providers fail, with what they echo of the request. */
const FAILURES: Readonly<Record<string, (request: Request) => Response>> = {
  "unauthorized": () => Response.json({ error: { message: "Incorrect API key" } }, { status: 401 }),
  "page": () => new Response("<html>Bad gateway</html>", { status: 502 }),
  "redirect": () => new Response(null, { status: 302, headers: { location: "http://x.invalid" } }),
  "garbage": () => new Response("{", { headers: { "content-type": "application/json" } }),
  "cut": () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }),
      { headers: { "content-type": "text/event-stream" } },
    ),
  "account": () =>
    Response.json({ error: "No", user_id: "planted-account-1" }, {
      status: 402,
      headers: {
        "x-venice-balance-usd": "planted-balance-2",
        "openai-organization": "planted-organization-3",
        "set-cookie": "session=planted-session-4",
      },
    }),
};
const ACCOUNT_DATA = ["planted-balance-2", "planted-organization-3", "planted-session-4"];

Deno.test("no key, cookie or account header is in any answer, log line or forwarded header", async () => {
  const forwarded: string[] = [];
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response("") },
    (request) => {
      const { authorization, ...others } = Object.fromEntries(request.headers);
      forwarded.push(JSON.stringify(others), authorization ?? "");
      const name = new URL(request.url).pathname.split("/")[1] ?? "";
      return FAILURES[name]?.(request) ?? Response.json({ object: "list", data: [] });
    },
  );
  const origin = `http://127.0.0.1:${provider.addr.port}`;
  for (const failure of Object.keys(FAILURES)) {
    await using weir = await startProgram({
      env: {
        ...PLANTED,
        OPENAI_BASE_URL: `${origin}/${failure}/v1`,
        OPENROUTER_BASE_URL: `${origin}/${failure}/openrouter`,
        VENICE_BASE_URL: `${origin}/${failure}/venice`,
        UPSTREAM_OTHER_BASE_URL: `${origin}/${failure}/other`,
        MAX_RETRIES: "0",
        LOG_LEVEL: "debug",
      },
    });
    const seen: string[] = [];
    for (const upstream of ["openai", "openrouter", "venice", "other"]) {
      for (const stream of [true, false]) {
        const response = await fetch(`${weir.url}/v1/chat/completions?key=planted-query-33`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Bearer ${PLANTED.PROXY_API_KEY}`,
            cookie: "planted-cookie-31",
            "x-api-key": "planted-client-key-32",
            "x-request-id": `${upstream}-${stream}`,
          },
          body: JSON.stringify({
            model: `${upstream}/m`,
            stream,
            messages: [{ role: "user", content: "hi" }],
          }),
        });
        seen.push(JSON.stringify([...response.headers]), await response.text());
        assert(response.status >= 400, `${failure} ${upstream} ${response.status}`);
      }
    }
    await weir.stop();
    const secrets = [...Object.values(PLANTED), ...CLIENT_SECRETS];
    for (const secret of [...secrets, ...ACCOUNT_DATA]) {
      assert(!seen.join("\n").includes(secret), `${secret} is in an answer after "${failure}"`);
      assert(!weir.output().includes(secret), `${secret} is in the log after "${failure}"`);
    }
    const others = forwarded.filter((text) => text.startsWith("{")).join("\n");
    for (const secret of secrets) assert(!others.includes(secret), `${secret} was forwarded`);
  }
  const keys = new Set(forwarded.filter((text) => text.startsWith("Bearer ")));
  assertEquals(keys.size, 4, "each upstream was given its own key and no other");
});
