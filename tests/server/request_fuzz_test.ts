/**
 * Requests that are broken in many ways: what is made of them does not depend on where they were split, and
 * nothing is read as a request that another server did not read as the same one.
 *
 * Each test takes half of `FUZZ_SECONDS` (2 by default) and starts from `FUZZ_SEED`, which is
 * part of every failure.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Random } from "../../src/core/clock.ts";
import { toGatewayError } from "../../src/core/gateway_error.ts";
import type { HttpHandler } from "../../src/core/http/http.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { toServeHandler } from "../support/runtime_adapter.ts";
import { cutAnywhere, seededRandom } from "../transport/mutated_responses.ts";
import { readAnswers } from "./support/answers.ts";
import { latin1, MemorySocket } from "./support/memory_socket.ts";
import { mutatedRequests } from "./support/mutated_requests.ts";
import { settle } from "./support/open_connection.ts";
import { connect, echo, readAll, refusal, text } from "./support/own_server.ts";
import { readToEnd, send } from "./support/raw_client.ts";

const FUZZ_MS = fuzzSeconds(2) * 1_000;

/** Runs `step` with one seed after the other until the time is up; names the seed that fails. */
async function fuzz(step: (random: Random) => Promise<void>): Promise<void> {
  const endMs = performance.now() + FUZZ_MS / 2;
  let seed = FIRST_SEED;
  for (; performance.now() < endMs; seed++) {
    try {
      await step(seededRandom(seed));
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}: ${error}`, { cause: error });
    }
  }
  assert(seed > FIRST_SEED + 1);
}

/** What a client gets that sends those pieces and waits. */
async function play(pieces: readonly Uint8Array[], handler: HttpHandler = echo): Promise<string> {
  const socket = new MemorySocket(pieces);
  const { connection, owner } = connect(socket, handler);
  const over = connection.run();
  while (!socket.isRead && !socket.isClosed) await settle();
  await settle();
  const output = socket.output.replaceAll("HTTP/1.1 100 Continue\r\n\r\n", "");
  socket.end();
  await settle();
  socket.close();
  await over;
  assertEquals([owner.exchanges, owner.hasClosed], [0, true]);
  readAnswers(output);
  return output;
}

Deno.test("broken requests are read alike wherever they are split", async () => {
  await fuzz(async (random) => {
    const bytes = latin1(mutatedRequests(random));
    assertEquals(await play(cutAnywhere(bytes, random)), await play([bytes]));
  });
});

/** Tells which requests were read to their ends. */
function noting(noted: string[], onNote: () => void = () => {}): HttpHandler {
  return async (request) => {
    const { method, target, body } = request;
    try {
      const read = new TextDecoder().decode(body === null ? undefined : await readAll({ body }));
      noted.push(`${method} ${target} ${read}`);
      onNote();
      return text("");
    } catch (thrown) {
      return refusal(toGatewayError(thrown));
    }
  };
}

Deno.test("what is read as a request, the runtime's server reads as the same one", {
  // Another oracle: that of Deno 2.4 reads some requests otherwise.
  ignore: Deno.version.deno.startsWith("2.4."),
}, async () => {
  /** By the port of the client: a connection that is over may still be read. */
  const handlers = new Map<number, HttpHandler>();
  await using oracle = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, info) => toServeHandler(handlers.get(info.remoteAddr.port) ?? echo)(request, info),
  );
  const { port } = oracle.addr;
  await fuzz(async (random) => {
    const sent = mutatedRequests(random);
    const ours: string[] = [];
    await play([latin1(sent)], noting(ours));
    if (ours.length === 0) return;
    const theirs: string[] = [];
    const isRead = Promise.withResolvers<void>();
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const onNote = () => theirs.length === ours.length && isRead.resolve();
    handlers.set(connection.localAddr.port, noting(theirs, onNote));
    await Promise.race([isRead.promise, send(connection, sent).then(() => readToEnd(connection))]);
    assertEquals(theirs, ours, JSON.stringify(sent));
  });
});
