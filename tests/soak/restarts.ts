/**
 * Restarts on one port: a stop signal for the old process in the moment in which the new one is started,
 * live streams on the old one, and new connections all the time.
 *
 * @module
 */

import { type Program, startProgram } from "../support/program.ts";

/** Half of them make a connection for each request, the others keep theirs. */
export const CLIENTS = 10;
/** The new process must listen before the old one stops to, on a busy machine as well. */
const READINESS_DELAY_MS = 5_000;
/** Longer than that. */
const STREAM = "[tokens=160] [pace=50]";

const NO_LIMITS = { MAX_CONCURRENT_REQUESTS: "10000", RATE_LIMIT_V1_MAX_REQUESTS: "0" };

export interface Restart {
  readonly streams: number;
  readonly cutStreams: number;
  readonly onNew: RequestCounts;
  readonly onKept: RequestCounts;
  readonly exitCode: number;
}

/** Of the requests on connections of one kind. */
export interface RequestCounts {
  requests: number;
  /** Those that found nobody listening. */
  refused: number;
  /** Those whose connection was closed without a byte of an answer. */
  lost: number;
  /** Those of them that had none at the second try either, which the SDKs make by themselves. */
  unanswered: number;
}

/** @param requests New connections at least; they go on until the old process has ended. */
export async function restart(streams: number, requests: number): Promise<Restart> {
  await using fake = await startProgram({ args: ["fake"] });
  const start = (port: string): Promise<Program> =>
    startProgram({
      env: {
        ...NO_LIMITS,
        PORT: port,
        REUSE_PORT: "on",
        READINESS_DELAY_MS: String(READINESS_DELAY_MS),
        OPENAI_API_KEY: "sk-upstream",
        OPENAI_BASE_URL: `${fake.url}/v1`,
      },
    });
  await using old = await start("0");
  const open = () => ask(old.url, STREAM, true);
  const responses = await Promise.all(Array.from({ length: streams }, open));
  const texts = Promise.allSettled(responses.map((response) => response.text()));
  let isOver = false;
  const exited = old.exited.finally(() => isOver = true);
  old.signal("SIGTERM");
  const starting = start(new URL(old.url).port);
  const counts = (): RequestCounts => ({ requests: 0, refused: 0, lost: 0, unanswered: 0 });
  const [onNew, onKept] = [counts(), counts()];
  using newClient = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  using keepingClient = Deno.createHttpClient({ poolMaxIdlePerHost: CLIENTS });
  await Promise.all(Array.from({ length: CLIENTS }, async (_, index) => {
    const [client, counts] = index % 2 === 0 ? [newClient, onNew] : [keepingClient, onKept];
    while (onNew.requests < requests || !isOver) await askTwice(old.url, client, counts);
  }));
  await using _next = await starting;
  const whole = (await texts).filter((text) =>
    text.status === "fulfilled" && text.value.endsWith("data: [DONE]\n\n")
  );
  const { code } = await exited;
  return { streams, cutStreams: streams - whole.length, onNew, onKept, exitCode: code };
}

/** Once, where that is answered. */
async function askTwice(
  url: string,
  client: Deno.HttpClient,
  counts: RequestCounts,
): Promise<void> {
  const askOnce = async (): Promise<string> =>
    await (await ask(url, "[slow=5]", false, client)).text();
  counts.requests++;
  try {
    await askOnce();
  } catch (thrown) {
    if (/refused/i.test(Deno.inspect(thrown))) counts.refused++;
    else counts.lost++;
    await askOnce().catch(() => counts.unanswered++);
  }
}

function ask(
  url: string,
  content: string,
  stream: boolean,
  client?: Deno.HttpClient,
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content }] }),
    ...(client !== undefined && { client }),
  });
}
