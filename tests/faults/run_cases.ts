/** Plays the faults against running gateways and says what each made of them. */

import { type Program, startProgram } from "../support/program.ts";
import { type Provider, startProvider } from "../support/provider.ts";
import { CASES, CLOCKS, type FaultCase } from "./cases.ts";

/** How an answer is relayed: bytes as they are, or decoded and encoded again. */
export const RELAYS = ["observe", "transcode"] as const;
export const FORMS = ["json", "sse"] as const;

/** One cell of the table. */
export interface Played {
  readonly id: string;
  readonly prompt: string;
  readonly relay: (typeof RELAYS)[number];
  readonly form: (typeof FORMS)[number];
  readonly expected: string;
  /** `STATUS WIRE`, as the client saw it. */
  readonly seen: string;
  /** The outcome in the log. */
  readonly outcome: string;
  readonly upstream: string;
  /** From the client's last byte, or its leaving, until the upstream saw the close. */
  readonly cancelMs: number | undefined;
}

/** Plays every case in every form, over both relays at once. */
export async function playCases(): Promise<readonly Played[]> {
  return (await Promise.all(RELAYS.map(playRelay))).flat();
}

/** A cell in the form of its expectation. */
export function cellOf({ seen, outcome, upstream }: Played): string {
  return `${seen} ${outcome} ${upstream}`;
}

async function playRelay(relay: Played["relay"]): Promise<readonly Played[]> {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      ...CLOCKS,
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      REPAIR: relay === "transcode" ? "on" : "off",
    },
  });
  const played: Played[] = [];
  for (const fault of CASES) {
    for (const form of FORMS) {
      const { id, seen, upstream, cancelMs } = await play(weir, provider, fault, form === "sse");
      const expected = form === "sse" && relay === "transcode"
        ? fault.transcodedSse ?? fault.sse
        : fault[form];
      const { prompt } = fault;
      played.push({ id, prompt, relay, form, expected, seen, outcome: "", upstream, cancelMs });
    }
  }
  // The log is written in batches: it is read once, at the end.
  return await Promise.all(played.map(async (cell) => {
    const line = new RegExp(`^\\{.*"request_id":"${cell.id}".*"outcome":"(\\w+)".*$`, "m");
    const [, outcome = ""] = await weir.printed(line);
    return { ...cell, outcome };
  }));
}

async function play(
  weir: Program,
  provider: Provider,
  fault: FaultCase,
  stream: boolean,
): Promise<Pick<Played, "id" | "seen" | "upstream" | "cancelMs">> {
  const id = crypto.randomUUID();
  const startedMs = performance.now();
  const controller = new AbortController();
  const response = fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": id },
    body: JSON.stringify({
      model: "any-model",
      stream,
      messages: [{ role: "user", content: fault.prompt }],
    }),
    signal: controller.signal,
  });
  const seen = fault.leavesAfterChunks === undefined
    ? await readAnswer(await response)
    : await leave(provider, response, controller, stream ? fault.leavesAfterChunks : 0);
  const endedMs = performance.now();
  const { event, atMs } = await provider.answered(["done", "cancelled"], startedMs);
  const cancelMs = event === "cancelled" ? Math.max(0, Math.round(atMs - endedMs)) : undefined;
  return { id, seen, upstream: event, cancelMs };
}

/** `STATUS WIRE` of an answer that is read to its end. */
async function readAnswer(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const { error, choices } = JSON.parse(text);
    return `${response.status} ${choices === undefined ? error.code : "complete"}`;
  }
  const events = text.split("\n\n");
  if (events.pop() !== "") return `${response.status} unterminated`;
  const payloads = events.filter((event) => event.startsWith("data: ")).map((event) =>
    event.slice("data: ".length)
  );
  const last = payloads.pop() ?? "";
  // Whatever the SDKs parse must be JSON.
  for (const payload of payloads) JSON.parse(payload);
  if (last === "[DONE]") return `${response.status} complete`;
  return `${response.status} ${JSON.parse(last).error?.code}`;
}

async function leave(
  provider: Provider,
  pending: Promise<Response>,
  controller: AbortController,
  chunks: number,
): Promise<string> {
  pending.catch(() => {});
  const openMs = performance.now();
  if (chunks === 0) {
    await provider.answered("open", openMs);
    controller.abort();
    return "- left";
  }
  const response = await pending;
  const reader = response.body?.getReader();
  for (let read = 0; read < chunks; read++) await reader?.read();
  controller.abort();
  return `${response.status} left`;
}
