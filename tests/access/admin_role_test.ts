/** Who may see and change what: keys, this machine, pages of other origins, sessions. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  type AdminCaller,
  adminOptions,
  CONSOLE_HEADER,
  createAdminAccess,
  type FindAdmin,
  requireWriter,
} from "../../src/access/admin_role.ts";
import { createIsProxy } from "../../src/access/client_address.ts";
import type { RefuseWrongKey } from "../../src/access/failed_auth.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { HttpRequest } from "../../src/core/http/http.ts";

const KEYS = { apiKey: "writer", readApiKey: "reader" };

interface Given {
  readonly keys?: object;
  readonly peer?: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly session?: AdminCaller;
  readonly isSecure?: boolean;
  readonly proxies?: string;
}

/** `role who` of a request, or the code of its refusal. */
async function callerOf(given: Given): Promise<string> {
  const { keys = {}, peer = "127.0.0.1", host = "localhost:3000", headers = {}, session } = given;
  const refuseWrongKey: RefuseWrongKey = (failure) => Promise.reject(failure);
  const find: FindAdmin = () => session;
  const access = createAdminAccess({
    options: adminOptions.parse(keys),
    refuseWrongKey,
    clientAddress: (_, address) => address,
    isProxy: createIsProxy(given.proxies ?? "0"),
    others: [find],
  });
  const request: Pick<
    HttpRequest,
    "method" | "host" | "headers" | "peerAddress" | "isSecure"
  > = {
    method: given.method ?? "GET",
    host,
    headers: new Headers(headers),
    peerAddress: peer,
    isSecure: given.isSecure ?? false,
  };
  try {
    const { role, who } = await access.callerOf(request as HttpRequest);
    return `${role} ${who}`;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return thrown.code;
  }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

Deno.test("keys of administrators say who writes and who reads, and nothing else does", async () => {
  assertEquals(await callerOf({ keys: KEYS, headers: bearer("writer") }), "write admin");
  assertEquals(await callerOf({ keys: KEYS, headers: bearer("reader") }), "read admin-read");
  const wrong = [
    "",
    "Bearer",
    "Bearer wrong",
    "Bearer writer x",
    "Basic writer",
    "writer",
    "Bearer writer,reader",
  ];
  for (const authorization of wrong) {
    assertEquals(await callerOf({ keys: KEYS, headers: { authorization } }), "invalid_admin_key");
  }
  assertEquals(await callerOf({ keys: KEYS }), "missing_admin_key");
  assertEquals(
    await callerOf({ keys: KEYS, headers: { "x-api-key": "writer" } }),
    "missing_admin_key",
  );
  assertEquals(
    await callerOf({ keys: { apiKey: "writer" }, headers: bearer("") }),
    "invalid_admin_key",
  );
});

Deno.test("without a key this machine reads, by loopback addresses alone", async () => {
  const local = ["localhost", "LOCALHOST:80", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "[::1]"];
  for (const host of local) assertEquals(await callerOf({ host }), "read local", host);
  for (const peer of ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(await callerOf({ peer }), "read local", peer);
  }
  const elsewhere = [
    "",
    "weir.example",
    "localhost.example",
    "127.0.0.1.nip.io",
    "10.0.0.1",
    "[::2]",
    "0",
    "2130706433",
    "localhost@x",
  ];
  for (const host of elsewhere) assertEquals(await callerOf({ host }), "admin_local_only", host);
  for (const peer of ["", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "localhost"]) {
    assertEquals(await callerOf({ peer }), "admin_local_only", peer);
  }
});

Deno.test("what a proxy has handed on is not from this machine", async () => {
  const names = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
    "x-original-host",
  ];
  for (const name of names) {
    assertEquals(await callerOf({ headers: { [name]: "127.0.0.1" } }), "admin_local_only", name);
  }
});

Deno.test("pages of other origins are refused wherever no key is sent", async () => {
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:4000" },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
  ];
  const session: AdminCaller = { role: "write", who: "admin", via: "session" };
  for (const headers of foreign) {
    const shown = JSON.stringify(headers);
    assertEquals(await callerOf({ headers }), "origin_not_allowed", shown);
    assertEquals(await callerOf({ keys: KEYS, session, headers }), "origin_not_allowed", shown);
  }
  assertEquals(await callerOf({ headers: { "sec-fetch-site": "none" } }), "read local");
  assertEquals(await callerOf({ headers: { origin: "http://localhost:3000" } }), "read local");
});

Deno.test("a session changes things only with the header that no other page can send", async () => {
  const session: AdminCaller = { role: "write", who: "kim", via: "session" };
  const given = { keys: KEYS, session, host: "weir.example", peer: "10.0.0.1" };
  assertEquals(await callerOf(given), "write kim");
  assertEquals(await callerOf({ ...given, method: "POST" }), "origin_not_allowed");
  const own = { [CONSOLE_HEADER]: "1", origin: "https://weir.example" };
  assertEquals(await callerOf({ ...given, method: "POST", headers: own }), "write kim");
  // A key that is wrong is not made good by a session.
  assertEquals(await callerOf({ ...given, headers: bearer("wrong") }), "invalid_admin_key");
});

Deno.test("who reads may not write", async () => {
  await assertRejects(
    () => Promise.try(() => requireWriter({ role: "read", who: "x", via: "key" })),
    GatewayError,
    "ADMIN_API_KEY",
  );
  requireWriter({ role: "write", who: "x", via: "key" });
});

Deno.test("a key that only reads needs one that writes, and another", () => {
  assertEquals(adminOptions.safeParse({ readApiKey: "a" }).success, false);
  assertEquals(adminOptions.safeParse({ apiKey: "a", readApiKey: "a" }).success, false);
  assertEquals(adminOptions.safeParse(KEYS).success, true);
});

Deno.test("a proxy that says nothing of itself is none of this machine's people", async () => {
  // Nginx with nothing but `proxy_pass http://127.0.0.1:3000`.
  assertEquals(await callerOf({ headers: { connection: "close" } }), "admin_local_only");
  for (const proxies of ["1", "loopback", "127.0.0.0/8"]) {
    assertEquals(await callerOf({ proxies }), "admin_local_only", proxies);
  }
  assertEquals(await callerOf({ proxies: "10.0.0.0/8" }), "read local");
});
