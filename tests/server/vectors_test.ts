/** What the server makes of requests as bytes, wherever those are split. */

import { assert, assertEquals } from "@std/assert";
import { readAnswers } from "./support/answers.ts";
import { latin1, MemorySocket } from "./support/memory_socket.ts";
import { connect, echo } from "./support/own_server.ts";
import { ALL_VECTORS } from "./vectors/all.ts";
import { seen } from "./vectors/vector.ts";
import type { Vector } from "./vectors/vector.ts";

/** Closes the connection, and shows that the requests before it were read to their ends. */
const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
/** Of longer ones not every split is tried. */
const MAX_SPLITS = 400;

/** What a client gets that sends those pieces; whether it is told to go on depends on them. */
async function play(pieces: readonly Uint8Array[]): Promise<string> {
  const socket = new MemorySocket(pieces);
  const { connection, owner } = connect(socket, echo);
  const over = connection.run();
  await socket.finished;
  const output = socket.output.replaceAll("HTTP/1.1 100 Continue\r\n\r\n", "");
  socket.end();
  await over;
  assert(socket.isClosed);
  assertEquals([owner.exchanges, owner.hasClosed], [0, true]);
  return output;
}

function checkOutcome({ outcome }: Vector, output: string): void {
  const answers = readAnswers(output);
  const last = answers.at(-1);
  assertEquals(last?.headers.get("connection"), "close");
  if (typeof outcome === "number") {
    assertEquals(answers.map(({ status }) => status), [outcome]);
    return;
  }
  assertEquals(answers.map(({ body }) => body), [...outcome, seen("GET", "/last")]);
}

Deno.test("there are as many vectors as were promised", () => {
  assert(ALL_VECTORS.length >= 200, `${ALL_VECTORS.length}`);
  assertEquals(new Set(ALL_VECTORS.map(({ name }) => name)).size, ALL_VECTORS.length);
});

for (const vector of ALL_VECTORS) {
  Deno.test(`a request is read strictly: ${vector.name}`, async () => {
    const bytes = latin1(vector.request + LAST);
    const output = await play([bytes]);
    checkOutcome(vector, output);
    const step = Math.ceil(bytes.length / MAX_SPLITS);
    for (let split = 1; split < bytes.length; split += step) {
      const pieces = [bytes.subarray(0, split), bytes.subarray(split)];
      assertEquals(await play(pieces), output, `split at ${split}`);
    }
    if (bytes.length > MAX_SPLITS) return;
    const crumbs = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    assertEquals(await play(crumbs), output, "byte by byte");
  });
}
