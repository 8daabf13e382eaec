/** A provider that answers each request with the answer whose number it names, byte for byte. */

import { type RawPeer, RawServer } from "../../transport/raw_server.ts";
import { SECRETS } from "../judge.ts";
import { type HostileAnswer, jsonAnswer } from "./hostile_answer.ts";

const MODELS = jsonAnswer(`{"object":"list","data":[{"id":"m","object":"model"}]}`);
const COMPLETION = jsonAnswer(
  `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,` +
    `"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}`,
);

/** Between pieces of what does not end: a flood would cost others the processor. */
const PAUSE_MS = 2;

/** What a request says to be answered so. */
export function promptOf(index: number): string {
  return `answer=${index};`;
}

export interface HostileProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** What was wrong with requests, in words. */
  readonly problems: readonly string[];
}

export function startHostileProvider(answers: readonly HostileAnswer[]): HostileProvider {
  const problems: string[] = [];
  const server = new RawServer(async (peer) => {
    for (;;) {
      const request = await peer.request();
      if (request.includes(SECRETS.client)) problems.push("It was sent the client's key");
      if (/smuggled|elsewhere|x-evil/.test(request)) problems.push(`It was led to ${request}`);
      const [, index] = /answer=(\d+);/.exec(request) ?? [];
      const answer = answers[Number(index)];
      if (answer !== undefined) return await write(peer, answer);
      await peer.send(request.startsWith("GET") ? MODELS : COMPLETION);
    }
  });
  return {
    baseUrl: `${server.url("").origin}/v1`,
    problems,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function write(peer: RawPeer, { wire }: HostileAnswer): Promise<void> {
  const { text, stalls = false, endless } = typeof wire === "string" ? { text: wire } : wire;
  await peer.send(text);
  // Until the gateway closes the connection, which ends the script.
  while (endless !== undefined) {
    await peer.send(endless);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  if (!stalls) peer.close();
}
