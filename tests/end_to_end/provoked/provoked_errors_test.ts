/** Errors, each provoked through the real program: docs/failures.md says what they say. */

import { assert, assertEquals } from "@std/assert";
import { holdPart, markdownTable } from "../../support/generated_part.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { certificateKey, selfSignedCertificate } from "../../transport/certificates.ts";
import { BEFORE, CALLERS_CONFIG, OF_CALLERS } from "./of_callers.ts";
import { type OddProvider, oddProviders } from "./of_providers.ts";
import { OF_REQUESTS } from "./of_requests.ts";
import { type Answered, provoke, type ProvokedError } from "./provoked_error.ts";

const PAGE = new URL("../../../docs/failures.md", import.meta.url);
const MIN_ERRORS = 46;
const MAX_CHARACTERS = 200;
/** Words that say what somebody is to do; without one a sentence only complains. */
const ACTION =
  /\b(add|ask|check|choose|close|declare|enlarge|leave|list|look|lower|make|name|retry|send|set|shorten|start|try|use|wait|write|read|must|GET|POST)\b/i;

type Row = readonly [error: ProvokedError, answered: Answered];

async function provokeAll(
  url: string,
  errors: readonly ProvokedError[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const error of errors) {
    for (const key of BEFORE[error.code] ?? []) {
      const headers = { authorization: `Bearer ${key}` };
      await (await fetch(`${url}/v1/models`, { headers })).body?.cancel();
    }
    rows.push([error, await provoke(url, error)]);
  }
  return rows;
}

/** Serves each odd provider below a path of its own. */
function startOddServer(): {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly serve: (providers: readonly OddProvider[]) => void;
} {
  let answers: ReadonlyMap<string, OddProvider["answer"]> = new Map();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const [, name = ""] = new URL(request.url).pathname.split("/");
    await request.bytes();
    if (request.method === "GET") return Response.json({ data: [{ id: "m" }] });
    return await answers.get(name)?.(request) ?? new Response(null, { status: 404 });
  });
  return {
    server,
    serve: (providers) => {
      answers = new Map(providers.map(({ name, answer }) => [name, answer]));
    },
  };
}

function envOf(providers: readonly OddProvider[], origin: string): Record<string, string> {
  const entries = providers.flatMap(({ name, baseUrl, env = {} }) => {
    const prefix = `UPSTREAM_${name.toUpperCase()}`;
    return [
      [`${prefix}_BASE_URL`, baseUrl ?? `${origin}/${name}/v1`],
      ...Object.entries(env).map(([end, value]) => [`${prefix}_${end}`, value]),
    ];
  });
  return Object.fromEntries(entries);
}

async function provokeProvidersAndRequests(): Promise<readonly Row[]> {
  const { server, serve } = startOddServer();
  await using plain = startProvider();
  await using _server = server;
  const untrusted = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
    cert: selfSignedCertificate,
    key: certificateKey,
  }, () => new Response("Nobody should have come so far"));
  await using _untrusted = untrusted;
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const providers = oddProviders({
    closed: `http://127.0.0.1:${closed.addr.port}/v1`,
    untrusted: `https://localhost:${untrusted.addr.port}/v1`,
    plain: plain.baseUrl.replace("http:", "https:"),
  });
  serve(providers);
  const origin = `http://127.0.0.1:${server.addr.port}`;
  await using weir = await startProgram({
    env: {
      ...envOf(providers, origin),
      UPSTREAM_EMULATING_BASE_URL: `${origin}/emulating/v1`,
      UPSTREAM_EMULATING_TOOLS: "emulate",
      OPENAI_API_KEY: "sk-planted-upstream",
      OPENAI_BASE_URL: plain.baseUrl,
      FAKE: "on",
      MAX_RETRIES: "0",
      MAX_BODY_BYTES: "10000",
      BODY_IDLE_TIMEOUT_MS: "50",
      MAX_RESPONSE_BYTES: "65536",
      MAX_EVENT_BYTES: "65536",
      PRIVATE_UPSTREAM_HOSTS: "localhost",
    },
  });
  return [
    ...await provokeAll(weir.url, OF_REQUESTS),
    ...await provokeAll(
      weir.url,
      providers.map((provider) => ({ ...provider, model: `${provider.name}/m` })),
    ),
  ];
}

async function provokeCallers(): Promise<readonly Row[]> {
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(CALLERS_CONFIG) });
  await using weir = await startProgram({ cwd: directory.path });
  return await provokeAll(weir.url, OF_CALLERS);
}

Deno.test("each error says in one sentence who must do what, and docs/failures.md has it", async () => {
  const [ofBoth, ofCallers] = [await provokeProvidersAndRequests(), await provokeCallers()];
  const rows = [...ofBoth, ...ofCallers];
  assert(rows.length >= MIN_ERRORS, `${rows.length}`);
  const wrong = rows.filter(([{ status, code }, answered]) =>
    answered.status !== status || answered.code !== code
  );
  assertEquals(wrong.map(([{ title }, answered]) => [title, answered]), []);
  const vague = rows.filter(([, { message }]) =>
    message.length >= MAX_CHARACTERS || !ACTION.test(message)
  );
  assertEquals(vague.map(([{ title }, { message }]) => [title, message]), []);
  const table = markdownTable([
    ["what happens", "status", "code", "who acts", "what the error says"],
    ...rows.map(([{ title, actor }, { status, code, message }]) => [
      title,
      String(status),
      `\`${code}\``,
      actor,
      message,
    ]),
  ]);
  await holdPart(PAGE, "provoked errors", table);
});
