/**
 * Broken answers, many of them: nothing crashes, nothing hangs, and no call gets what was the
 * answer to another.
 *
 * Each test takes half of `FUZZ_SECONDS` (1 by default) and starts from `FUZZ_SEED`, which is
 * part of every failure.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Random } from "../../src/core/clock.ts";
import { createHttp1Transport } from "../../src/transport/http1_transport.ts";
import { ResponseParser } from "../../src/transport/response/response_parser.ts";
import type { TransportClient } from "../../src/transport/http1_transport.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import { within } from "./contract.ts";
import { ManualClock } from "./manual_clock.ts";
import {
  below,
  cutAnywhere,
  mutatedResponse,
  seededRandom,
  validResponse,
} from "./mutated_responses.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { Echo } from "./echo.ts";
import { bytesOf, RawServer, textOf } from "./raw_server.ts";
import type { RawPeer } from "./raw_server.ts";
import { withRealRests } from "./resting_clock.ts";

const FUZZ_MS = fuzzSeconds(1) * 1_000;
const LIMITS = { maxHeaderBytes: 2_048, maxHeaders: 16 };
/** Calls that are made at the same time. */
const LANES = 16;
/** Far more than any call needs, and far less than a hang. */
const HANG_MS = 5_000;

/** Runs `step` with one seed after the other until the time is up; names the seed that fails. */
async function fuzz(
  step: (random: Random, lane: number) => Promise<void> | void,
  lanes = 1,
): Promise<number> {
  const endMs = performance.now() + FUZZ_MS / 2;
  let nextSeed = FIRST_SEED;
  const run = async (_: unknown, lane: number) => {
    while (performance.now() < endMs) {
      const seed = nextSeed++;
      try {
        await step(seededRandom(seed), lane);
      } catch (error) {
        throw new Error(`FUZZ_SEED=${seed}: ${error}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  return nextSeed - FIRST_SEED;
}

function parse(pieces: readonly Uint8Array[], method: string) {
  const parser = new ResponseParser(method, LIMITS);
  const payload = pieces.map((piece) => textOf(parser.push(piece))).join("");
  parser.end();
  const { head, isComplete, hasSurplus, failure } = parser;
  assert(isComplete || failure !== undefined, "An ended answer is complete or has failed");
  assert(failure === undefined || failure.kind.startsWith("upstream_"), `${failure?.cause}`);
  return { head, payload, isComplete, hasSurplus, failure: failure?.message };
}

Deno.test("ResponseParser reports broken answers alike wherever they are split", async () => {
  const count = await fuzz((random) => {
    const method = random() < 0.1 ? "HEAD" : "POST";
    const bytes = bytesOf(mutatedResponse("marker", random));
    assertEquals(parse(cutAnywhere(bytes, random), method), parse([bytes], method));
  });
  assert(count > 0);
});

/** What the server is to do next, as the request's path says. */
interface Plan {
  /** Each is sent so late that the one before has been read, or at once after it. */
  readonly pieces: readonly { bytes: Uint8Array<ArrayBuffer>; waits: boolean }[];
  readonly thenCloses: boolean;
  /** The answer is whole, and the caller will wait for it. */
  readonly isValid: boolean;
  readonly sent: PromiseWithResolvers<void>;
  readonly echo: Echo;
}

/** The calls that are under way, by path. */
const plans = new Map<string, Plan>();

function makePlan(marker: string, isValid: boolean, random: Random, echo: Echo): Plan {
  const response = (isValid ? validResponse : mutatedResponse)(marker, random);
  const thenCloses = !isValid && random() < 0.3;
  let waitsLeft = below(4, random);
  const pieces = cutAnywhere(bytesOf(response), random).map((bytes) => ({
    bytes,
    waits: random() < 0.2 && waitsLeft-- > 0,
  }));
  // Another answer, when the first has been taken for the whole.
  if (!isValid && random() < 0.2) {
    pieces.push({ bytes: bytesOf(validResponse(marker, random)), waits: true });
  }
  return { pieces, thenCloses, isValid, sent: Promise.withResolvers(), echo };
}

async function follow(peer: RawPeer): Promise<void> {
  while (true) {
    const path = (await peer.request()).split(" ")[1] ?? "";
    const plan = plans.get(path);
    assert(plan !== undefined, `A request nobody made: ${path}`);
    try {
      for (const { bytes, waits } of plan.pieces) {
        if (waits) await plan.echo.settle();
        await peer.send(bytes);
      }
      if (plan.thenCloses) await peer.closeWrite();
    } finally {
      plan.sent.resolve();
    }
  }
}

/** One call: headers and body as text, or nothing. Gives up on what will never come. */
async function call(client: TransportClient, url: URL, plan: Plan): Promise<string> {
  const controller = new AbortController();
  const answer = receive(client, url, controller.signal);
  plans.set(url.pathname, plan);
  // A broken answer may promise more than its server sends.
  const allCame = plan.sent.promise.then(() => plan.echo.settle());
  if (!plan.isValid) await Promise.race([answer, allCame.then(() => controller.abort())]);
  const text = await within(HANG_MS, answer);
  // What comes after an answer belongs to no call: it is to be seen before there is one.
  await allCame;
  plans.delete(url.pathname);
  return text;
}

async function receive(client: TransportClient, url: URL, signal: AbortSignal): Promise<string> {
  let text = "";
  try {
    const { headers, body } = await client.send({ method: "POST", url, headers: [] }, signal);
    text += JSON.stringify([...headers]);
    for (let bytes; (bytes = await body.read()) !== null;) text += textOf(bytes);
  } catch (error) {
    assert(error instanceof GatewayError, `${error}`);
    assert(error.kind !== "internal" && error.kind !== "invalid_request", `${error.cause}`);
  }
  return text;
}

Deno.test("http1 gives no call what was the answer to another, however broken it was", async () => {
  const server = new RawServer(follow);
  // Each lane has connections of its own. What a server says after its answer can only be told
  // from the next answer while nothing has been asked.
  const options = transportOptions.parse(LIMITS);
  const clients = Array.from(
    { length: LANES },
    () =>
      createHttp1Transport(
        options,
        withRealRests(new ManualClock()),
        (bytes) => void crypto.getRandomValues(bytes),
      ),
  );
  const echoes = await Promise.all(clients.map(() => Echo.open()));
  /** Of all calls so far, so that an answer can be traced to its own. */
  const markers = new Set<string>();
  const step = async (random: Random, lane: number) => {
    const [client, echo] = [clients[lane], echoes[lane]];
    assert(client !== undefined && echo !== undefined);
    for (const isValid of [false, false, true]) {
      const marker = crypto.randomUUID(); // Always of one length, so that a seed repeats.
      markers.add(marker);
      const plan = makePlan(marker, isValid, random, echo);
      const text = await call(client, server.url(`/${marker}`), plan);
      for (const [found] of text.matchAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g)) {
        assert(found === marker || !markers.has(found), "A call got the answer to another");
      }
      if (isValid) assert(text.split(marker).length === 4, `A valid answer was lost: ${text}`);
    }
  };
  try {
    const count = await fuzz(step, LANES);
    assert(count > 0);
    assert(server.peers.length < 3 * count, "No connection was ever used again");
  } finally {
    for (const client of clients) client.close();
    for (const echo of echoes) echo.close();
    await server.stop();
  }
});
