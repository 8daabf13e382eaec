/** Errors, each provoked through the real program: docs/failures.md says what they say. */

import { assert, assertEquals } from "@std/assert";
import { holdPart, markdownTable } from "../../support/generated_part.ts";
import { startProgram } from "../../support/program.ts";
import { NOBODY_URL, startProvider } from "../../support/provider.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { certificateKey, selfSignedCertificate } from "../../transport/certificates.ts";
import { BEFORE, CALLERS_CONFIG, OF_CALLERS } from "./of_callers.ts";
import { type OddProvider, oddProviders } from "./of_providers.ts";
import { OF_REQUESTS } from "./of_requests.ts";
import { type Answered, provoke, type ProvokedError } from "./provoked_error.ts";

const PAGE = new URL("../../../docs/failures.md", import.meta.url);
const MIN_ERRORS = 46;
const MAX_CHARACTERS = 200;
/** What somebody is to do, behind what has happened; a sentence without it only complains. */
const ACTION =
  /\bmust\b|[;:,] .*\b(add|ask|check|choose|GET|name|open|POST|send|set|shorten|try|wait|write)\b/;

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

interface Served extends AsyncDisposable {
  readonly origin: string;
}

/** Ends without waiting for those who still wait for an answer. */
function serve(
  answer: (request: Request) => Response | Promise<Response>,
  certificate: { readonly cert?: string; readonly key?: string } = {},
): Served {
  const controller = new AbortController();
  const server = Deno.serve({
    ...certificate as Deno.TlsCertifiedKeyPem, // Or nothing, which serves HTTP.
    hostname: "127.0.0.1",
    port: 0,
    signal: controller.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, answer);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await server.finished;
    },
  };
}

/** Each below a path of its own. */
function serveOdd(providers: readonly OddProvider[]): Served {
  const answers = new Map(providers.map(({ name, answer }) => [name, answer]));
  return serve(async (request) => {
    const [, name = ""] = new URL(request.url).pathname.split("/");
    await request.bytes();
    if (request.method === "GET") return Response.json({ data: [{ id: "gpt-4o" }] });
    return await answers.get(name)?.(request) ?? new Response(null, { status: 404 });
  });
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

/** Without other providers, so that what is near a name does not hang on them. */
async function provokeRequests(): Promise<readonly Row[]> {
  await using provider = serveOdd([]);
  await using weir = await startProgram({
    env: {
      UPSTREAM_EMULATING_BASE_URL: `${provider.origin}/emulating/v1`,
      UPSTREAM_EMULATING_TOOLS: "emulate",
      OPENAI_API_KEY: "sk-planted-upstream",
      OPENAI_BASE_URL: `${provider.origin}/openai/v1`,
      MAX_BODY_BYTES: "10000",
      BODY_IDLE_TIMEOUT_MS: "50",
    },
  });
  return await provokeAll(weir.url, OF_REQUESTS);
}

async function provokeProviders(): Promise<readonly Row[]> {
  await using plain = startProvider();
  await using untrusted = serve(() => new Response("Nobody should have come so far"), {
    cert: selfSignedCertificate,
    key: certificateKey,
  });
  const providers = oddProviders({
    closed: NOBODY_URL,
    untrusted: `${untrusted.origin.replace("http:", "https:")}/v1`,
    plain: plain.baseUrl.replace("http:", "https:"),
  });
  await using odd = serveOdd(providers);
  await using weir = await startProgram({
    env: {
      ...envOf(providers, odd.origin),
      MAX_RETRIES: "0",
      MAX_RESPONSE_BYTES: "65536",
      MAX_EVENT_BYTES: "65536",
    },
  });
  const errors = providers.map((provider) => ({ ...provider, model: `${provider.name}/m` }));
  return await provokeAll(weir.url, errors);
}

async function provokeCallers(): Promise<readonly Row[]> {
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(CALLERS_CONFIG) });
  await using weir = await startProgram({ cwd: directory.path });
  return await provokeAll(weir.url, OF_CALLERS);
}

Deno.test("each error says in one sentence who must do what, and docs/failures.md has it", async () => {
  const rows = [
    ...await provokeRequests(),
    ...await provokeCallers(),
    ...await provokeProviders(),
  ];
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
      // How long is left hangs on the moment.
      message.replace(/in \d+ seconds$/, "in 60 seconds"),
    ]),
  ]);
  await holdPart(PAGE, "provoked errors", table);
});
