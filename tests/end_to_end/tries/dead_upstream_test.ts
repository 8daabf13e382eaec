/** An upstream that cannot be reached: how soon a client learns of it, and what the log and `/health` say. */

// deno-lint-ignore-file no-console -- The table is what an operator gets to see.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { NOBODY_URL, startProvider } from "../../support/provider.ts";
import { withoutTags } from "../../support/two_targets.ts";
import { certificateKey, selfSignedCertificate } from "../../transport/certificates.ts";

/** Longest time from the request to its answer. */
const MAX_MS = 1_500;

interface Cause {
  readonly name: string;
  readonly baseUrl: string;
  /** Requests that are made upstream. */
  readonly attempts: number;
  /** What each line of the log about one of them says. */
  readonly reason: RegExp;
  readonly advice: RegExp;
}

type Line = Readonly<Record<string, unknown>>;

/** The lines of the log about this request, once that of its end is there. */
async function linesOf(weir: Program, id: string): Promise<readonly Line[]> {
  await weir.printed(new RegExp(`^\\{.*"message":"call".*"request_id":"${id}".*$`, "m"));
  return weir.output().split("\n").filter((line) => line.includes(`"request_id":"${id}"`))
    .map((line) => JSON.parse(line));
}

function ask(weir: Program, model: string, id: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": id },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] }),
    ...init,
  });
}

/** A server whose certificate nobody has issued. */
function startUntrusted(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
    cert: selfSignedCertificate,
    key: certificateKey,
  }, () => new Response("Nobody should have come so far"));
}

function causesOf(untrustedPort: number, plainUrl: string): readonly Cause[] {
  return [
    {
      name: "refused",
      baseUrl: NOBODY_URL,
      attempts: 2,
      reason: /^The upstream refused the connection$/,
      advice:
        /^nothing listens there: start it, or check host and port in UPSTREAM_REFUSED_BASE_URL/,
    },
    {
      name: "nohost",
      // Not even asked for, so that it does not exist on a machine without a resolver either.
      baseUrl: "http://-.invalid/v1",
      attempts: 1,
      reason: /^The upstream's name could not be resolved$/,
      advice:
        /^check the host's name in UPSTREAM_NOHOST_BASE_URL .*, and that this machine has DNS$/,
    },
    {
      name: "untrusted",
      baseUrl: `https://localhost:${untrustedPort}/v1`,
      attempts: 1,
      reason: /^The upstream's TLS certificate is not valid: its issuer is not trusted$/,
      advice:
        /^check the host in UPSTREAM_UNTRUSTED_BASE_URL .*have its certificate mended or trusted$/,
    },
    {
      name: "plain",
      baseUrl: plainUrl.replace("http:", "https:"),
      attempts: 1,
      reason: /^The upstream did not complete the TLS handshake$/,
      advice: /^it may speak plain HTTP: try http:\/\/ in UPSTREAM_PLAIN_BASE_URL/,
    },
  ];
}

Deno.test("a dead upstream is told within 1.5 s, and the log says why and what to do", async () => {
  await using untrusted = startUntrusted();
  await using plain = startProvider();
  const causes = causesOf(untrusted.addr.port, plain.baseUrl);
  await using weir = await startProgram({
    env: {
      ...Object.fromEntries(
        causes.map(({ name, baseUrl }) => [`UPSTREAM_${name.toUpperCase()}_BASE_URL`, baseUrl]),
      ),
      LOG_LEVEL: "warn",
    },
  });
  for (const { name, attempts, reason, advice } of causes) {
    const startedMs = performance.now();
    const response = await ask(weir, `${name}/m`, name);
    const elapsedMs = Math.round(performance.now() - startedMs);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [502, "upstream_unreachable"], name);
    assertEquals(response.headers.get("x-weir-attempts"), String(attempts), name);
    const lines = await linesOf(weir, name);
    const failed = lines.filter(({ message }) => message === "attempt failed");
    assertEquals(failed.length, attempts, name);
    for (const line of failed) {
      assertEquals([line.level, line.upstream, line.model], ["WARN", name, "m"]);
      assertMatch(String(line.reason), reason);
      assertMatch(String(line.advice), advice);
      assert(String(line.cause).length > 5, String(line.cause));
    }
    const call = lines.at(-1) ?? {};
    assertEquals([call.level, call.outcome, call.attempts], ["WARN", "upstream_error", attempts]);
    assertMatch(String(call.reason), reason);
    console.log(
      `${name.padEnd(10)} ${String(elapsedMs).padStart(5)} ms, ${attempts} tries: ` +
        `${failed[0]?.reason} (${failed[0]?.cause}); ${failed[0]?.advice}`,
    );
    assert(elapsedMs <= MAX_MS, `${name} took ${elapsedMs} ms`);
  }
  const { status, upstreams: providers } = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(status, "degraded");
  for (const { state, last_failure, model_list_failure } of providers) {
    assertEquals(
      [state, last_failure.code, model_list_failure.code],
      ["failing", "upstream_unreachable", "upstream_unreachable"],
    );
    assertMatch(last_failure.timestamp, /^\d{4}-\d\d-\d\dT/);
  }
});

Deno.test("what is handed through tells of a dead upstream in the same way", async () => {
  await using weir = await startProgram({
    env: { UPSTREAM_LOCAL_BASE_URL: NOBODY_URL },
  });
  const response = await fetch(`${weir.url}/v1/files`, { headers: { "x-request-id": "files" } });
  assertEquals(response.status, 502);
  await response.body?.cancel();
  assertEquals(response.headers.get("x-weir-upstream"), "local");
  assertEquals(response.headers.get("x-weir-attempts"), "2");
  const [failed, again, call] = await linesOf(weir, "files");
  assertEquals([failed?.message, failed?.level, failed?.upstream], [
    "attempt failed",
    "WARN",
    "local",
  ]);
  assertMatch(String(failed?.advice), /^nothing listens there/);
  assertEquals([failed?.model, again?.message], [undefined, "attempt failed"]);
  assertEquals([call?.level, call?.upstream, call?.attempts], ["WARN", "local", 2]);
});

Deno.test("a client that gives up leaves the last failure in the line of its call", async () => {
  await using second = startProvider(0, (body) => body.replace("hello", "[slow=60000]"));
  await using weir = await startProgram({
    env: {
      UPSTREAM_FIRST_BASE_URL: NOBODY_URL,
      UPSTREAM_SECOND_BASE_URL: second.baseUrl,
      MODEL_ALIASES: "both=first/m|second/m",
    },
  });
  const controller = new AbortController();
  const answer = ask(weir, "both", "left", { signal: controller.signal }).catch(() => "left");
  await second.answered("open");
  controller.abort();
  assertEquals(await answer, "left");
  const call = (await linesOf(weir, "left")).at(-1);
  assertEquals([call?.outcome, call?.attempts], ["client_gone", 2]);
  assertMatch(String(call?.cause), /^first: The upstream refused the connection \(/);
});

Deno.test("an upstream whose model list fails is named in the list's answer, the log and /health", async () => {
  await using healthy = startProvider(0, withoutTags);
  await using weir = await startProgram({
    env: {
      UPSTREAM_GOOD_BASE_URL: healthy.baseUrl,
      UPSTREAM_GONE_BASE_URL: NOBODY_URL,
      DEFAULT_UPSTREAM: "good",
    },
  });
  for (const path of ["/v1/models", "/api/v1/models"]) {
    const response = await fetch(weir.url + path);
    assertEquals(response.status, 200);
    assert((await response.json()).data.length > 0);
    assertEquals(
      response.headers.get("x-weir-warning"),
      "The model list of gone could not be read, so its models may be missing: " +
        "The upstream refused the connection",
    );
  }
  const [line] = await weir.printed(/^\{.*"message":"model list failed".*$/m);
  const { level, upstream: provider, advice } = JSON.parse(line);
  assertEquals([level, provider], ["WARN", "gone"]);
  assertMatch(advice, /UPSTREAM_GONE_BASE_URL/);
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(
    health.upstreams.map((each: Record<string, { code: string } | null>) => [
      each.name,
      each.state,
      each.model_list_failure?.code,
    ]),
    [["good", "unknown", undefined], ["gone", "unknown", "upstream_unreachable"]],
  );
});
