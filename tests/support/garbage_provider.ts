/** An upstream whose answers are noise, or nearly right. */

import type { Random } from "../../src/core/clock.ts";
import { below, mutatedResponse } from "../transport/mutated_responses.ts";

const EVENT_STREAM = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ";

export function startGarbageProvider(
  random: Random,
): AsyncDisposable & { readonly baseUrl: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = async (): Promise<void> => {
    for await (const connection of listener) serve(connection, random).catch(() => {});
  };
  const accepting = accept();
  return {
    baseUrl: `http://127.0.0.1:${listener.addr.port}/v1`,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
    },
  };
}

/** Hangs up after every other answer. */
async function serve(connection: Deno.Conn, random: Random): Promise<void> {
  using _ = connection;
  const buffer = new Uint8Array(65_536);
  do {
    if (await connection.read(buffer) === null) return;
    for (let rest = answer(random); rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
  } while (random() < 0.5);
}

function answer(random: Random): Uint8Array<ArrayBuffer> {
  const kind = below(4, random);
  if (kind === 0) return noise(1 + below(3_000, random), random);
  if (kind > 1) return bytesOf(mutatedResponse("garbage", random));
  return new Uint8Array([...bytesOf(EVENT_STREAM), ...noise(below(3_000, random), random)]);
}

export function noise(length: number, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => below(256, random));
}

/** One character is one byte. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
