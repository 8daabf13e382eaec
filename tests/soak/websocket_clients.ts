/**
 * The clients of the WebSocket soak: each opens a connection under a name of its own, sends three
 * requests and behaves, leaves or gets stuck.
 *
 * @module
 */

import { openRawWebSocket } from "../support/raw_websocket.ts";
import {
  inferenceRequest,
  isEnd,
  openSocket,
  type SocketClient,
} from "../support/socket_client.ts";

/** Resolves when the client is done; rejects where it was not answered as it must be. */
export type Client = (address: string, name: string) => Promise<void>;

/** The machine has more to do than any one client. */
const WAIT_MS = 60_000;

const LONG = "[tokens=100000] [pace=5]";

function open(address: string, name: string): Promise<SocketClient> {
  return openSocket(address, { headers: { "x-request-id": name }, waitMs: WAIT_MS });
}

/** Reads to the end: one answer, one error, one request that is cancelled in mid-stream. */
async function behave(address: string, name: string): Promise<void> {
  await using client = await open(address, name);
  client.ask("whole", "[tokens=60] [pace=5]");
  client.ask("failing", "[tokens=60] [pace=5] [error=20]");
  client.ask("cancelled", LONG);
  await client.received(({ id }) => id === "cancelled");
  client.send({ type: "cancel", id: "cancelled" });
  await Promise.all(["whole", "failing", "cancelled"].map((id) => client.ended(id)));
  const ends = client.messages.filter(isEnd).map(({ id, type }) => `${id} ${type}`).sort();
  const expected = ["cancelled cancelled", "failing error", "whole inference_response"];
  if (ends.join() !== expected.join()) throw new Error(`${name} ended with ${ends.join()}`);
  if (client.messages.filter(({ id }) => id === "whole").length !== 61) {
    throw new Error(`${name} did not get all of its answer`);
  }
  client.socket.close();
  await client.closed;
}

/** Closes in the middle of all three. */
async function leave(address: string, name: string): Promise<void> {
  await using client = await open(address, name);
  for (const id of ["a", "b", "c"]) client.ask(id, LONG);
  for (const id of ["a", "b", "c"]) await client.received((message) => message.id === id);
  client.socket.close();
  await client.closed;
}

/** Drops its connection without a close frame, with some of the answers unread. */
async function vanish(address: string, name: string): Promise<void> {
  using client = await openRawWebSocket(address, [`x-request-id: ${name}`]);
  for (const id of ["a", "b", "c"]) await client.send(JSON.stringify(inferenceRequest(id, LONG)));
  for (let reads = 0; reads < 5; reads++) await client.read();
}

/** Asks for as much as there is, and reads none of it until long after it was given up. */
async function neverRead(address: string, name: string): Promise<void> {
  using client = await openRawWebSocket(address, [`x-request-id: ${name}`]);
  const prompt = "[tokens=1000000]";
  for (const id of ["a", "b", "c"]) await client.send(JSON.stringify(inferenceRequest(id, prompt)));
  await new Promise((resolve) => setTimeout(resolve, NEVER_MS));
}

/** What Weir allows such a client, and as long again. */
export const STALL_TIMEOUT_MS = 4_000;
const NEVER_MS = 2 * STALL_TIMEOUT_MS;

/** The kind of the client with this number: of each fifty, thirty behave and one never reads. */
export function clientOf(index: number): Client {
  const place = index % 50;
  if (place < 30) return behave;
  if (place < 40) return leave;
  return place < 49 ? vanish : neverRead;
}
