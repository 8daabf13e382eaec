import { assertEquals } from "@std/assert";
import type { HttpRequest } from "../../src/core/http/http.ts";
import type { HeaderReader } from "../../src/core/provider/transport.ts";
import { corsOptions, createCors } from "../../src/access/cors.ts";
import { requestOf } from "../support/http.ts";

const PAGE = "https://app.example";

/** Why options are refused; `undefined` where they are not. */
function problem(options: object): string | undefined {
  return corsOptions.safeParse(options).error?.issues[0]?.message;
}

Deno.test("an origin is a scheme, a host and perhaps a port", () => {
  const valid = [
    "*",
    PAGE,
    "http://localhost:5173",
    "http://[::1]:3000",
    "HTTPS://App.Example:443",
    "app://obsidian.md",
    "chrome-extension://abcdefghijklmnop",
  ];
  for (const origin of valid) assertEquals(problem({ origins: [origin] }), undefined, origin);
  const invalid = [
    "",
    "null",
    "app.example",
    `${PAGE}/`,
    `${PAGE}/app`,
    `${PAGE}?x`,
    "https://*.app.example",
    "https://user@app.example",
    "https://",
    "http://app.example:99999",
    `https://${"a".repeat(300)}.example`,
  ];
  for (const origin of invalid) {
    assertEquals(problem({ origins: [origin] }) === undefined, false, origin);
  }
});

Deno.test("cookies need origins by name", () => {
  assertEquals(problem({ origins: [PAGE], credentials: "on" }), undefined);
  assertEquals(
    problem({ origins: [PAGE, "*"], credentials: "on" }),
    "must be off where the origins are *; list the origins",
  );
});

interface Sent {
  readonly origin?: string;
  readonly host?: string;
  readonly site?: string;
}

function sentBy({ origin, host = "127.0.0.1:3000", site }: Sent): HttpRequest {
  return requestOf("/v1/files", {
    method: "POST",
    headers: [
      ["host", host],
      ...(origin === undefined ? [] : [["origin", origin] as [string, string]]),
      ...(site === undefined ? [] : [["sec-fetch-site", site] as [string, string]]),
    ],
  });
}

function isAllowed(sent: Sent, origins: readonly string[] = [], isKeyed = false): boolean {
  const cors = createCors(corsOptions.parse({ origins }), () => isKeyed);
  return cors.isOriginAllowed(sent.origin ?? null, sentBy(sent));
}

Deno.test("without a list, only what is no page of another host may have its request done", () => {
  const cases: [sent: Sent, isAllowed: boolean][] = [
    [{}, true],
    [{ origin: PAGE }, false],
    [{ origin: PAGE, site: "cross-site" }, false],
    // Any page can make itself one of these.
    [{ origin: "null" }, false],
    [{ origin: "" }, false],
    [{ origin: "http://app.example, app://x" }, false],
    // Programs with a browser inside.
    [{ origin: "app://obsidian.md" }, true],
    [{ origin: "chrome-extension://abc", site: "cross-site" }, true],
    [{ origin: "vscode-webview://abc" }, true],
    [{ origin: "file://" }, true],
    // Said by the browser, over TLS and to loopback addresses.
    [{ origin: PAGE, host: "127.0.0.1:3000", site: "same-origin" }, true],
    // A page of this machine, such as one under development.
    [{ origin: "http://localhost:5173", host: "localhost:3000", site: "same-site" }, true],
    [{ origin: "https://127.0.0.1", site: "cross-site" }, true],
    [{ origin: "http://[::1]:8080", site: "cross-site" }, true],
    [{ origin: "http://app.localhost:8080", site: "cross-site" }, true],
    [{ origin: "http://127.0.0.1.evil.example", site: "cross-site" }, false],
    [{ origin: "http://notlocalhost", site: "cross-site" }, false],
    [{ origin: "http://192.168.1.5", site: "cross-site" }, false],
    // Not said: over HTTP, and by old browsers.
    [{ origin: "http://192.168.1.5:3000", host: "192.168.1.5:3000" }, true],
    [{ origin: "http://[FD00::5]", host: "[fd00::5]" }, true],
    [{ origin: "http://localhost:3000", host: "LOCALHOST:3000" }, true],
    [{ origin: "http://192.168.1.5:3001", host: "192.168.1.5:3000" }, false],
    [{ origin: "https://192.168.1.5", host: "192.168.1.5" }, false],
    // A name that was made to lead here.
    [{ origin: "http://evil.example:3000", host: "evil.example:3000" }, false],
    [{ origin: "http://1.2.3.4.evil.example", host: "1.2.3.4.evil.example" }, false],
    [{ origin: "http://localhost.evil.example", host: "localhost.evil.example" }, false],
  ];
  for (const [sent, expected] of cases) {
    assertEquals(isAllowed(sent), expected, JSON.stringify(sent));
  }
});

Deno.test("with a key every page may, but where origins are listed", () => {
  const anybody = { origin: "https://anybody.example", site: "cross-site" };
  for (const origin of [anybody.origin, "null"]) {
    assertEquals(isAllowed({ ...anybody, origin }, [], true), true, origin);
  }
  assertEquals(isAllowed(anybody, [PAGE], true), false);
  assertEquals(isAllowed({ origin: "http://localhost:5173" }, [PAGE], true), false);
});

Deno.test("a listed origin may, as browsers write it, and no other", () => {
  const origins = ["HTTPS://App.Example:443", "http://localhost:5173"];
  assertEquals(isAllowed({ origin: PAGE, site: "cross-site" }, origins), true);
  assertEquals(isAllowed({ origin: "http://localhost:5173" }, origins), true);
  for (const origin of [`${PAGE}.evil.example`, "https://evilapp.example", "http://app.example"]) {
    assertEquals(isAllowed({ origin }, origins), false, origin);
  }
  assertEquals(isAllowed({ origin: "https://anybody.example" }, ["*"]), true);
});

function preflight(headers: Readonly<Record<string, string>>, origins = [PAGE]): HeaderReader {
  const { answerPreflight } = createCors(corsOptions.parse({ origins }), () => false);
  const asked = { origin: PAGE, "access-control-request-method": "POST", ...headers };
  return answerPreflight(requestOf("/", { method: "OPTIONS", headers: asked })).headers;
}

Deno.test("a preflight names the headers that the browser asked for, if they can be headers", () => {
  const allowed = (names: string) =>
    preflight({ "access-control-request-headers": names }).get("access-control-allow-headers");
  const many = Array.from({ length: 60 }, (_, index) => `x-stainless-${index}`).join(",");
  for (const names of ["x-stainless-os", "authorization, content-type,x-a", many]) {
    assertEquals(allowed(names), names);
  }
  const impossible = ["", "a b", "a,,b", "a;b", "x-<script>", ",a", "a,", "x".repeat(4_097)];
  for (const names of impossible) assertEquals(allowed(names), "authorization, content-type");
});

Deno.test("a page of the internet gets into a private network only where it is listed", () => {
  const asked = { "access-control-request-private-network": "true" };
  const name = "access-control-allow-private-network";
  assertEquals(preflight(asked).get(name), "true");
  assertEquals(preflight(asked, ["*"]).get(name), null);
  assertEquals(preflight(asked, ["*", PAGE]).get(name), "true");
  assertEquals(preflight({}).get(name), null);
});
