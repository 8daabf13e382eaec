/**
 * The program with an event loop that can be blocked: a request for `/block` does nothing else for a
 * second, and tells systemd's stand-in when that began and ended.
 *
 * @module
 */

import { run } from "../../src/cli/run.ts";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import { wrapServe } from "../support/wrap_serve.ts";

const BLOCK_MS = 1_000;
const path = Deno.env.get("NOTIFY_SOCKET") ?? "";
const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${path}-block` });

function tell(word: string): Promise<number> {
  return socket.send(new TextEncoder().encode(word), { transport: "unixpacket", path });
}

wrapServe((handler) => async (request) => {
  if (request.target !== "/block") return await handler(request);
  await tell("BLOCK=1");
  const endMs = performance.now() + BLOCK_MS;
  while (performance.now() < endMs);
  await tell("BLOCK=0");
  return { status: 200, headers: new AnswerHeaders(), body: null };
});

run(Deno.args).then(Deno.exit);
