/** Who is let in by a session, a single sign-on or a token of the console, and for how long. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type AdminCaller, adminOptions } from "../../../src/access/admin_role.ts";
import { authenticateOptions, createAuthenticate } from "../../../src/access/authenticate.ts";
import { createConsoleTokens } from "../../../src/access/console/console_tokens.ts";
import { createSessions } from "../../../src/access/console/sessions.ts";
import { createFindSignedOn } from "../../../src/access/console/sign_on.ts";
import type { HttpRequest } from "../../../src/core/http/http.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const SECRET = new Uint8Array(32).fill(7);
const WRITER: AdminCaller = { role: "write", who: "admin", via: "key" };
const READER: AdminCaller = { role: "read", who: "admin-read", via: "key" };
const HOUR_MS = 3_600_000;

function requestWith(headers: Record<string, string>, peerAddress = "192.0.2.1"): HttpRequest {
  const request: Pick<HttpRequest, "headers" | "peerAddress" | "isSecure"> = {
    headers: new Headers(headers),
    peerAddress,
    isSecure: false,
  };
  // All that these look at.
  return request as HttpRequest;
}

function startSessions(
  keys: { apiKey?: string; readApiKey?: string } = { apiKey: "one", readApiKey: "two" },
  clock = new ManualClock(),
  secret = SECRET,
) {
  const sessions = createSessions(secret, keys, clock);
  const cookieOf = (caller: AdminCaller): string =>
    sessions.open(caller, requestWith({})).split(";")[0] ?? "";
  return {
    clock,
    sessions,
    cookieOf,
    find: (cookie: string) => sessions.find(requestWith({ cookie })),
  };
}

Deno.test("a session is who opened it, for twelve hours", () => {
  const { clock, cookieOf, find } = startSessions();
  const cookie = `theme=dark; ${cookieOf(WRITER)}; other=1`;
  assertEquals(find(cookie), { role: "write", who: "admin", via: "session" });
  assertEquals(find(cookieOf(READER)), { role: "read", who: "admin-read", via: "session" });
  assertEquals(find(""), undefined);
  clock.advance(12 * HOUR_MS - 1_000);
  assert(find(cookie));
  clock.advance(1_000);
  assertEquals(find(cookie), undefined);
});

Deno.test("a session ends with its key, and is none elsewhere", () => {
  const { cookieOf } = startSessions();
  const [writer, reader] = [cookieOf(WRITER), cookieOf(READER)];
  const changed = startSessions({ apiKey: "another", readApiKey: "two" });
  assertEquals(changed.find(writer), undefined);
  assertEquals(changed.find(reader)?.role, "read");
  assertEquals(startSessions({}).find(writer), undefined);
  const elsewhere = startSessions(undefined, undefined, new Uint8Array(32).fill(8));
  // Whatever the cookie of the other one is called.
  const name = elsewhere.cookieOf(WRITER).split("=")[0];
  assertEquals(elsewhere.find(`${name}=${writer.split("=")[1]}`), undefined);
});

Deno.test("whoever changes a letter of a session has none", () => {
  const { cookieOf, find } = startSessions();
  const cookie = cookieOf(READER);
  assertEquals(find(cookie.replace("=read.", "=write.")), undefined);
  assertEquals(find(cookie.replace(/\.\d+\./, ".99999999999.")), undefined);
  assertEquals(find(`${cookie.slice(0, -1)}${cookie.endsWith("A") ? "B" : "A"}`), undefined);
  assertEquals(find(`${cookie}x`), undefined);
});

Deno.test("the cookie is for this site's requests alone, and for TLS where that is spoken", () => {
  const { sessions } = startSessions();
  const plain = sessions.open(WRITER, requestWith({}));
  for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"]) {
    assert(plain.split("; ").includes(attribute), plain);
  }
  assert(!plain.includes("Secure"));
  const behindTls = requestWith({ origin: "https://weir.example" });
  assert(sessions.open(WRITER, behindTls).endsWith("; Secure"));
  assert(sessions.close(requestWith({})).includes("=; Path=/; Max-Age=0;"));
});

Deno.test("a user is believed of the proxies that are named, and may look unless written down", () => {
  const find = createFindSignedOn(adminOptions.parse({
    userHeader: "x-forwarded-user",
    userProxies: "10.0.0.0/8,loopback",
    writers: ["kim"],
  }));
  const ask = (user: string, peer: string) =>
    find?.(requestWith({ "x-forwarded-user": user }, peer));
  assertEquals(ask("kim", "10.1.2.3"), { role: "write", who: "kim", via: "proxy" });
  assertEquals(ask("lee", "::ffff:127.0.0.1")?.role, "read");
  assertEquals(ask("kim", "192.0.2.1"), undefined);
  assertEquals(ask("kim", ""), undefined);
  assertEquals(ask("", "10.1.2.3"), undefined);
  // What two headers of the name come to: the first may be the client's own.
  assertEquals(ask("kim, lee", "10.1.2.3"), undefined);
  assertEquals(createFindSignedOn(adminOptions.parse({})), undefined);
});

Deno.test("a user's header needs proxies", () => {
  assertThrows(
    () => adminOptions.parse({ userHeader: "x-user" }),
    Error,
    "CONSOLE_TRUST_PROXIES",
  );
  assertThrows(() => adminOptions.parse({ userHeader: "x-user", userProxies: "1" }));
});

const KEYS = [{
  name: "ci",
  hash: `sha256:${"a".repeat(64)}`,
  models: ["gpt-*"],
  limits: { v1: 5 },
}];

Deno.test("a token of the console calls as the console or as a key, for fifteen minutes", () => {
  const clock = new ManualClock();
  const tokens = createConsoleTokens(SECRET, { apiKey: "one", writers: [] }, clock);
  assert(tokens);
  const authenticate = createAuthenticate(
    authenticateOptions.parse({ keys: KEYS }),
    clock,
    undefined,
    tokens,
  );
  const codeOf = (token: string): string | undefined => {
    try {
      return authenticate(() => token).name;
    } catch (thrown) {
      return thrown instanceof GatewayError ? thrown.code : String(thrown);
    }
  };
  const { token } = tokens.make(undefined);
  assertEquals(authenticate(() => token), {
    name: "console",
    hasKey: true,
    limits: {},
    models: undefined,
  });
  const named = authenticate(() => tokens.make("ci").token);
  assertEquals([named.name, named.models, named.limits.v1], ["ci", ["gpt-*"], 5]);
  assertEquals(codeOf(tokens.make("nobody").token), "invalid_api_key");
  assertEquals(codeOf(token.replace(/\.\d+\./, ".99999999999.")), "invalid_api_key");
  clock.advance(15 * 60_000);
  assertEquals(codeOf(token), "api_key_expired");
  const other = createConsoleTokens(SECRET, { apiKey: "another", writers: [] }, clock);
  assertEquals(codeOf(other?.make(undefined).token ?? ""), "invalid_api_key");
});

Deno.test("where nobody may change anything there are no tokens", () => {
  assertEquals(createConsoleTokens(SECRET, { writers: [] }, new ManualClock()), undefined);
});

Deno.test("a gateway without keys knows the console by its token, and everybody else as nobody", () => {
  const clock = new ManualClock();
  const tokens = createConsoleTokens(SECRET, { apiKey: "one", writers: [] }, clock);
  const authenticate = createAuthenticate(authenticateOptions.parse({}), clock, undefined, tokens);
  assertEquals(authenticate(() => tokens?.make(undefined).token).name, "console");
  assertEquals(authenticate(() => "anything").name, "anonymous");
  assertEquals(authenticate(() => undefined).name, "anonymous");
});
