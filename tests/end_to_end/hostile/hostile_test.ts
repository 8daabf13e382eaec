/** Hostile requests for the passthrough: none reaches another host, none tells a key, each has its answer. */

import { assert, assertEquals } from "@std/assert";
import { type Canary, startCanary } from "../../support/canary.ts";
import { exchangeRaw, startWeir } from "../../support/forwarding.ts";
import { hostilePaths, hostileTargets } from "./hostile_addresses.ts";
import { hostileFraming, hostileHeaders } from "./hostile_messages.ts";
import type { Attack, HostileRequest } from "./hostile_request.ts";

const REQUESTS: Readonly<Record<string, readonly HostileRequest[]>> = {
  paths: hostilePaths,
  targets: hostileTargets,
  headers: hostileHeaders,
  framing: hostileFraming,
};
const UPSTREAM_KEY = "sk-planted-upstream-5d21";
const CLIENT_KEY = "weir-planted-client-9a44";
/** What may cross of a client's headers or is of Weir's own making; the framing is by the way. */
const EXPECTED_HEADERS =
  /^(accept|accept-encoding|accept-language|authorization|content-length|host|range|transfer-encoding|user-agent|via|x-request-id)$/;

interface Seen {
  readonly line: string;
  readonly headers: Headers;
}

/** An upstream that remembers, and tells nothing. */
function startProvider() {
  const seen: Seen[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    await request.bytes(); // A body that breaks off makes no request.
    const target = request.url.slice(request.url.indexOf("/", "http://".length));
    seen.push({ line: `${request.method} ${target}`, headers: request.headers });
    return new Response("{}", { headers: { "content-type": "application/json" } });
  });
  return { seen, server, origin: `http://127.0.0.1:${server.addr.port}` };
}

function goodRequest(key: string): string {
  return `GET /api/v1/good HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ${key}\r\n` +
    "connection: close\r\n\r\n";
}

function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] ([2-5]\d\d) /g)].map(([, status]) => Number(status));
}

function assertHarmless({ line, headers }: Seen, { host }: Canary): void {
  assert(/^\w+ \/v1\//.test(line), line);
  assertEquals(headers.get("authorization"), `Bearer ${UPSTREAM_KEY}`);
  for (const [name, value] of headers) {
    assert(EXPECTED_HEADERS.test(name), `The upstream saw ${name}`);
    assert(!value.includes(CLIENT_KEY), `The upstream saw the client's key in ${name}`);
    assert(!value.includes(host), `The upstream saw the other host in ${name}`);
  }
}

Deno.test("no hostile request reaches another host, tells a key or harms the next", async (test) => {
  const { seen, server, origin } = startProvider();
  const evil = startCanary();
  const weir = await startWeir(origin, {
    OPENAI_API_KEY: UPSTREAM_KEY,
    PROXY_API_KEY: CLIENT_KEY,
    MAX_BODY_BYTES: "1000000",
  });
  assertEquals(statusesOf(await exchangeRaw(weir.url, goodRequest(CLIENT_KEY))), [200]);
  const pseudonym = seen.at(-1)?.headers.get("via")?.split(" ")[1] ?? "";
  const attack: Attack = { key: CLIENT_KEY, evil: evil.host, pseudonym };
  for (const [subject, requests] of Object.entries(REQUESTS)) {
    for (const row of requests) {
      await test.step(`${subject}: ${row.name}`, async () => {
        seen.length = 0;
        const { statuses, forwarded = [] } = row;
        const due = statuses.filter((status) => status > 0).length;
        const answer = await exchangeRaw(
          weir.url,
          row.request(attack),
          (answer) => statusesOf(answer).length >= due,
        );
        const [first = 0, ...rest] = statusesOf(answer);
        assert(
          [statuses[0], ...row.orElse ?? []].includes(first),
          `Status ${first}: ${answer.slice(0, 300)}`,
        );
        assertEquals(rest, statuses.slice(1));
        if (row.code !== undefined) {
          assertEquals(/"code":"(\w+)"/.exec(answer)?.[1], row.code);
        }
        assertEquals(seen.map(({ line }) => line.replaceAll(evil.host, "EVIL")), forwarded);
        for (const request of seen) assertHarmless(request, evil);
        assert(!answer.includes(UPSTREAM_KEY) && !answer.includes(CLIENT_KEY), "A key was told");
        assertEquals(statusesOf(await exchangeRaw(weir.url, goodRequest(CLIENT_KEY))), [200]);
        assertEquals(seen.at(-1)?.line, "GET /v1/good");
      });
    }
  }
  assertEquals(evil.connections(), 0);
  await weir.stop();
  const output = weir.output();
  assert(!output.includes(UPSTREAM_KEY) && !output.includes(CLIENT_KEY), "A key is in the log");
  await server.shutdown();
  await evil.stop();
});
