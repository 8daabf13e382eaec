/**
 * The upstream of `transport_bench.ts`: canned answers over raw sockets, in a process of its own so
 * that its work is not counted as the transport's.
 *
 * @module
 */

/** Chunks of a stream, and bytes of payload in each. */
const CHUNKS = 200;
const CHUNK_BYTES = 250;

const encoder = new TextEncoder();
const answerBody = JSON.stringify({ answer: "x".repeat(280) });
const fillerHeaders = Array.from(
  { length: 8 },
  (_, index) => `x-ratelimit-detail-${index}: some value\r\n`,
).join("");
const jsonAnswer = encoder.encode(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${fillerHeaders}` +
    `content-length: ${answerBody.length}\r\n\r\n${answerBody}`,
);
const streamHead = encoder.encode(
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${fillerHeaders}` +
    "transfer-encoding: chunked\r\n\r\n",
);
const event = `data: ${"y".repeat(CHUNK_BYTES - 8)}\n\n`;
const chunk = encoder.encode(`${CHUNK_BYTES.toString(16)}\r\n${event}\r\n`);
const lastChunk = encoder.encode("0\r\n\r\n");
const burst = new Blob([streamHead, ...Array.from({ length: CHUNKS }, () => chunk), lastChunk]);
const burstAnswer = new Uint8Array(await burst.arrayBuffer());

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
await Deno.stdout.write(encoder.encode(`${listener.addr.port}\n`));
for await (const connection of listener) {
  connection.setNoDelay(true); // Chunks that wait for an acknowledgement come in pairs.
  serve(connection).catch(() => {});
}

/** Answers requests that come in one read each, as the bench sends them. */
async function serve(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(16_384);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    const target = new TextDecoder().decode(buffer.subarray(0, count)).split(" ")[1] ?? "";
    if (!target.startsWith("/stream")) {
      await writeAll(connection, target === "/burst" ? burstAnswer : jsonAnswer);
      continue;
    }
    const gapMs = Number(target.split("gap=")[1] ?? 0);
    await connection.write(streamHead);
    for (let index = 0; index < CHUNKS; index++) {
      if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
      await connection.write(chunk);
    }
    await connection.write(lastChunk);
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}
