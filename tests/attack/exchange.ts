/** One request, byte for byte, and what came of it. */

import { send } from "../server/support/raw_client.ts";
import { textOf } from "../transport/raw_server.ts";
import { isComplete } from "./raw_answer.ts";

/** Of one answer. */
const MAX_READ_BYTES = 2_000_000;

export interface Exchanged {
  /** One character a byte. */
  readonly answer: string;
  /** Whether it was waited for in vain, or for its end. */
  readonly isLate: boolean;
}

/**
 * Sends and reads at the same time, until the answer is whole: Deno 2.9 does not close a connection before all of its
 * request has come, whatever the answer says.
 *
 * @param pieces Each is sent by itself, one character a byte; they may be without end.
 */
export async function exchange(
  url: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  waitMs: number,
): Promise<Exchanged> {
  const { hostname, port } = new URL(url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  let isOver = false;
  const end = (): void => {
    if (!isOver) socket.close();
    isOver = true;
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, waitMs);
  const sending = (async () => {
    for await (const piece of pieces) await send(socket, piece);
  })().catch(() => {}); // Refused in the middle of it, perhaps; what there is to know is in the answer.
  let answer = "";
  try {
    const buffer = new Uint8Array(65_536);
    for (let count; !isComplete(answer) && (count = await socket.read(buffer)) !== null;) {
      answer += textOf(buffer.subarray(0, count));
      // What does not end is not waited for; whoever leaves is judged by what came.
      if (answer.length > MAX_READ_BYTES) break;
    }
  } catch {
    // Reset, or silent for too long: what came is the answer.
  }
  clearTimeout(timer);
  end();
  await sending;
  return { answer, isLate };
}
