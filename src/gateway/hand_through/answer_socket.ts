/** The answer to whoever asked for a WebSocket of a provider, and has got one. */

import type { HandedSocket, HandThrough, Reply } from "../../core/call.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { ProviderResponse, ProviderWebSocket } from "../../core/provider/transport.ts";
import type { Attempt } from "../tries/attempt.ts";
import { SocketReadAlong } from "./socket_read_along.ts";
import { SocketRelay } from "./socket_relay.ts";

/** Throws where the client has left, or cannot be given one. */
export function answerSocket(
  { answer: format }: Pick<HandThrough, "answer">,
  asked: HandedSocket,
  { headers }: Pick<ProviderResponse, "headers">,
  { socket: provider, start }: ProviderWebSocket,
  attempt: Attempt,
): Reply {
  attempt.throwIfAborted();
  const { socket: client, answer } = asked.accept(
    headers.get("sec-websocket-protocol") ?? undefined,
  );
  const settled = Promise.withResolvers<Outcome>();
  const relay = new SocketRelay({
    client,
    provider,
    attempt,
    along: new SocketReadAlong(format),
    settle: settled.resolve,
  });
  asked.opened(relay, settled.promise);
  attempt.begin();
  start();
  return { answer, outcome: settled.promise };
}
