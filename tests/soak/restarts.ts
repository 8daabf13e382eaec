/**
 * Restarts on one port: a stop signal for the old process in the moment in which the new one is started,
 * live streams on the old one, and new connections all the time.
 *
 * @module
 */

import { type Program, startProgram } from "../support/program.ts";

const CLIENTS = 10;
/** The new process must listen before the old one stops to. */
const READINESS_DELAY_MS = 3_000;

const NO_LIMITS = { MAX_CONCURRENT_REQUESTS: "10000", RATE_LIMIT_V1_MAX_REQUESTS: "0" };

export interface Restart {
  readonly streams: number;
  readonly cutStreams: number;
  readonly requests: number;
  /** Requests that found nobody listening. */
  readonly refused: number;
  /** Requests whose connection was closed without a byte of an answer. */
  readonly lost: number;
  readonly exitCode: number;
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
  const open = () => ask(old.url, "[tokens=120] [pace=50]", true);
  const responses = await Promise.all(Array.from({ length: streams }, open));
  const texts = Promise.allSettled(responses.map((response) => response.text()));
  let isOver = false;
  const exited = old.exited.finally(() => isOver = true);
  old.signal("SIGTERM");
  const starting = start(new URL(old.url).port);
  const counts = { requests: 0, refused: 0, lost: 0 };
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (counts.requests < requests || !isOver) {
      counts.requests++;
      try {
        await (await ask(old.url, "[slow=5]", false, client)).text();
      } catch (thrown) {
        if (/refused/i.test(Deno.inspect(thrown))) counts.refused++;
        else counts.lost++;
      }
    }
  }));
  client.close();
  await using _ = await starting;
  const whole = (await texts).filter((text) =>
    text.status === "fulfilled" && text.value.endsWith("data: [DONE]\n\n")
  );
  const { code } = await exited;
  return { streams, cutStreams: streams - whole.length, ...counts, exitCode: code };
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
