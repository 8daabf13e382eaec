/** The console as it is served, and how its user is let in: over HTTP, without a browser. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { type Program, startProgram } from "../../support/program.ts";

const KEY = "the-admin-key";
const READ_KEY = "the-reading-key";
const CONSOLE = { "x-weir-console": "1" };
const JSON_TYPE = { "content-type": "application/json" };

function ask(weir: Program, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(weir.url + path, { redirect: "manual", ...init });
}

async function statusOf(response: Promise<Response>): Promise<readonly [number, string]> {
  const answer = await response;
  const text = await answer.text();
  return [answer.status, text === "" ? "" : JSON.parse(text).error?.code ?? ""];
}

async function signIn(weir: Program, key: string): Promise<string> {
  const answer = await ask(weir, "/admin/v1/session", {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ key }),
  });
  assertEquals(answer.status, 204);
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const CASES: Readonly<Record<string, (weir: Program) => Promise<void>>> = {
  "a browser is led to the console, JSON finds links, and neither needs a key": async (weir) => {
    for (const headers of [{ accept: "text/html,*/*" }, { "sec-fetch-dest": "document" }]) {
      const led = await ask(weir, "/", { headers });
      assertEquals([led.status, led.headers.get("location")], [303, "console"]);
      await led.body?.cancel();
    }
    const links = await (await ask(weir, "/", { headers: { accept: "application/json" } })).json();
    assertEquals([links.name, links.links.console], ["weir", "/console"]);
    const slash = await ask(weir, "/console/");
    assertEquals([slash.status, slash.headers.get("location")], [303, "../console"]);
    await slash.body?.cancel();
    const icon = await ask(weir, "/favicon.ico");
    assertEquals([icon.status, icon.headers.get("content-type")], [200, "image/svg+xml"]);
    assertMatch(await icon.text(), /^<svg /);
  },
  "the page may run and show itself, and nothing else": async (weir) => {
    const answer = await ask(weir, "/console");
    const page = await answer.text();
    const policy = answer.headers.get("content-security-policy")?.split("; ") ?? [];
    const script = /<script type="module">(.*)<\/script>/s.exec(page)?.[1] ?? "";
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? "";
    assert(policy.includes(`script-src ${hashOf(script)}`), "script");
    assert(policy.includes(`style-src ${hashOf(style)}`), "style");
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "connect-src 'self'"]) {
      assert(policy.includes(rule), rule);
    }
    const etag = answer.headers.get("etag") ?? "";
    const again = await ask(weir, "/console", { headers: { "if-none-match": etag } });
    assertEquals([again.status, await again.text()], [304, ""]);
  },
  "a wrong key opens nothing, and says so": async (weir) => {
    const wrong = ask(weir, "/admin/v1/session", {
      method: "POST",
      headers: JSON_TYPE,
      body: '{"key":"guess"}',
    });
    assertEquals(await statusOf(wrong), [401, "invalid_admin_key"]);
    const { me, needs_sign_in } = await (await ask(weir, "/admin/v1/session")).json();
    assertEquals([me, needs_sign_in], [null, true]);
    assertEquals(await statusOf(ask(weir, "/admin/v1/calls")), [401, "missing_admin_key"]);
  },
  "a session writes from the page itself, and from no other": async (weir) => {
    const cookie = await signIn(weir, KEY);
    const { me } = await (await ask(weir, "/admin/v1/session", { headers: { cookie } })).json();
    assertEquals([me.role, me.via, me.who], ["write", "session", "admin"]);
    const open = (headers: Record<string, string>) =>
      statusOf(
        ask(weir, "/admin/v1/playground", { method: "POST", headers: { cookie, ...headers } }),
      );
    assertEquals(await open(CONSOLE), [200, ""]);
    assertEquals(await open({ ...CONSOLE, origin: weir.url }), [200, ""]);
    assertEquals(await open({}), [403, "origin_not_allowed"]);
    const foreign = { ...CONSOLE, origin: "https://evil.example" };
    assertEquals(await open(foreign), [403, "origin_not_allowed"]);
    const sibling = { ...CONSOLE, "sec-fetch-site": "same-site" };
    assertEquals(await open(sibling), [403, "origin_not_allowed"]);
    const read = ask(weir, "/admin/v1/calls", {
      headers: { cookie, "sec-fetch-site": "cross-site" },
    });
    assertEquals(await statusOf(read), [403, "origin_not_allowed"]);
  },
  "a reading session changes nothing and opens no playground": async (weir) => {
    const headers = { cookie: await signIn(weir, READ_KEY), ...CONSOLE, ...JSON_TYPE };
    assertEquals((await statusOf(ask(weir, "/admin/v1/calls", { headers })))[0], 200);
    const writes = [["POST", "/playground"], ["POST", "/keys"], ["POST", "/reload"]] as const;
    for (const [method, path] of writes) {
      const body = path === "/keys" ? '{"name":"x"}' : null;
      const answer = ask(weir, `/admin/v1${path}`, { method, headers, body });
      assertEquals(await statusOf(answer), [403, "admin_read_only"]);
    }
  },
  "the playground's token calls as the console, and is no admin": async (weir) => {
    const headers = { cookie: await signIn(weir, KEY), ...CONSOLE };
    const made = await ask(weir, "/admin/v1/playground", { method: "POST", headers });
    const { token, principal } = await made.json();
    assertEquals(principal, "console");
    const bearer = { authorization: `Bearer ${token}` };
    const call = await ask(weir, "/v1/chat/completions", {
      method: "POST",
      headers: { ...bearer, ...JSON_TYPE },
      body: '{"model":"m","messages":[{"role":"user","content":"hi"}]}',
    });
    assertEquals(call.status, 200);
    await call.body?.cancel();
    await weir.printed(/"principal":"console"/);
    assertEquals((await statusOf(ask(weir, "/admin/v1/calls", { headers: bearer })))[0], 401);
    const unknown = ask(weir, "/admin/v1/playground", {
      method: "POST",
      headers: { ...headers, ...JSON_TYPE },
      body: '{"key":"nobody"}',
    });
    assertEquals(await statusOf(unknown), [404, "not_found"]);
  },
};

Deno.test("the console", async (test) => {
  await using weir = await startProgram({
    env: { ADMIN_API_KEY: KEY, ADMIN_READ_API_KEY: READ_KEY, PROXY_API_KEY: "a-client's-key" },
  });
  for (const [name, run] of Object.entries(CASES)) await test.step(name, () => run(weir));
});

Deno.test("a user whom a proxy has let in may look, and one who is named may write", async () => {
  await using weir = await startProgram({
    env: {
      CONSOLE_TRUST_USER_HEADER: "x-forwarded-user",
      CONSOLE_TRUST_PROXIES: "loopback",
      ADMIN_WRITERS: "kim",
    },
  });
  const open = (user: string) =>
    statusOf(ask(weir, "/admin/v1/playground", {
      method: "POST",
      headers: { ...CONSOLE, "x-forwarded-user": user },
    }));
  assertEquals(await open("kim"), [200, ""]);
  assertEquals(await open("lee"), [403, "admin_read_only"]);
  const headers = { "x-forwarded-user": "lee" };
  const { me } = await (await ask(weir, "/admin/v1/session", { headers })).json();
  assertEquals([me.role, me.who, me.via], ["read", "lee", "proxy"]);
});
