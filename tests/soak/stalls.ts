/** A client that stops reading an endless stream must make the upstream wait. */

import { requestBytes } from "../support/leaving_client.ts";
import { startProgram } from "../support/program.ts";
import { residentBytes } from "./process.ts";

/** Read at full speed first, so that the heap has the size that work gives it. */
const READ_BEFORE_STALL_BYTES = 150_000_000;

/** Until all buffers on the way are full, those of the sockets among them. */
const FILL_MS = 1_000;

/** Bytes that the gateway grows by while its client does not read for `stallMs`. */
export async function growthInStall(stallMs: number): Promise<number> {
  await using fake = await startProgram({ args: ["fake"] });
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: fake.url, LOG_LEVEL: "warn" },
  });
  const { hostname, port } = new URL(weir.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const messages = [{ role: "user", content: "[tokens=1000000]" }];
  const request = requestBytes("/v1/chat/completions", { model: "m", stream: true, messages });
  await connection.write(request);
  const buffer = new Uint8Array(65_536);
  for (let read = 0; read < READ_BEFORE_STALL_BYTES;) read += await connection.read(buffer) ?? 0;
  await new Promise((resolve) => setTimeout(resolve, FILL_MS));
  const before = await residentBytes(weir.pid);
  await new Promise((resolve) => setTimeout(resolve, stallMs));
  return await residentBytes(weir.pid) - before;
}
