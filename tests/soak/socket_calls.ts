/** Calls over WebSockets: several at a time on each connection, some cancelled, some left behind. */

import { isEnd, openSocket, RefusedUpgrade, type SocketClient } from "../support/socket_client.ts";
import { below } from "../transport/mutated_responses.ts";
import { KEY, LIMITED_KEY } from "./gateway.ts";
import { pickPrompt, type SoakClient } from "./http_calls.ts";
import type { Seen } from "./ledger.ts";

export const CALLS_PER_CONNECTION = 20;
const AT_ONCE = 3;
/** The machine has more to do than any one client. */
const WAIT_MS = 60_000;

/** One connection and its calls; what comes of them is in the books. */
export async function makeSocketCalls(parts: SoakClient, id: string): Promise<void> {
  const { ledger, random, url } = parts;
  ledger.begin(id, "upgrade");
  const key = random() < 0.1 ? LIMITED_KEY : KEY;
  let client: SocketClient;
  try {
    client = await openSocket(url, {
      headers: { "x-request-id": id, authorization: `Bearer ${key}` },
      waitMs: WAIT_MS,
    });
  } catch (thrown) {
    return ledger.end(id, refusalOf(thrown));
  }
  ledger.end(id, { kind: "complete" });
  // Everything that runs by then is left behind.
  const vanishesAfter = random() < 0.2 ? below(CALLS_PER_CONNECTION, random) : Infinity;
  const gone: Seen = vanishesAfter === Infinity ? { kind: "broken" } : LEFT;
  let asked = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (asked < CALLS_PER_CONNECTION) {
      const number = ++asked;
      if (number > vanishesAfter) client.socket.terminate();
      await makeCall(parts, client, `${id}-${number}`, gone);
    }
  }));
  client.socket.close();
  await client.closed;
}

/** Weir's own name of a call is that of its connection with its number on it. */
async function makeCall(
  { ledger, random }: SoakClient,
  client: SocketClient,
  id: string,
  gone: Seen,
): Promise<void> {
  if (client.socket.readyState !== client.socket.OPEN) return;
  ledger.begin(id, "websocket");
  const { model, content } = pickPrompt(id, random);
  const stream = random() < 0.7;
  client.ask(id, content, { model, stream });
  const timer = random() < 0.15
    ? setTimeout(() => cancel(client, id), below(20, random))
    : undefined;
  const ended = endOf(client, id, stream);
  // Of a connection that is gone there will be none.
  ended.catch(() => {});
  const seen = await Promise.race([ended, client.closed.then(() => gone)]);
  clearTimeout(timer);
  ledger.end(id, seen);
}

const LEFT: Seen = { kind: "left" };

/** Of an upgrade that came to nothing. */
export function refusalOf(thrown: unknown): Seen {
  return thrown instanceof RefusedUpgrade
    ? { kind: "error", status: thrown.status }
    : { kind: "broken" };
}

/** An answer that is not streamed is whole in its first message. */
async function endOf(client: SocketClient, id: string, stream: boolean): Promise<Seen> {
  const { type } = await client.received((message) =>
    message.id === id && (!stream || isEnd(message))
  );
  if (type === "cancelled") return LEFT;
  return type === "error" ? { kind: "failed" } : { kind: "complete" };
}

function cancel({ socket }: SocketClient, id: string): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type: "cancel", id }));
}
