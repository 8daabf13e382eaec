/** How compressed bodies are unpacked. */

import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { InflatedSource } from "../../src/bytes/inflated_source.ts";
import type { ByteSource } from "../../src/core/provider/transport.ts";
import { failureOf } from "../transport/contract.ts";

type Format = "gzip" | "deflate";

async function pack(
  bytes: Uint8Array<ArrayBuffer>,
  format: Format = "gzip",
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unpack(source: ByteSource, format: Format = "gzip"): InflatedSource {
  return new InflatedSource(
    source,
    format,
    (cause) => new GatewayError("invalid_request", "It is corrupt", { cause }),
  );
}

/** Hands out the given chunks and counts how often it is asked. */
class ListedSource implements ByteSource {
  reads = 0;
  isCancelled = false;
  readonly #chunks: Uint8Array<ArrayBuffer>[];

  constructor(chunks: Uint8Array<ArrayBuffer>[]) {
    this.#chunks = chunks;
  }

  read(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.reads++;
    return Promise.resolve(this.#chunks.shift() ?? null);
  }

  cancel(): void {
    this.isCancelled = true;
  }
}

for (const format of ["gzip", "deflate"] as const) {
  Deno.test(`InflatedSource unpacks a body that comes byte by byte (${format})`, async () => {
    const text = "hello, hello, hello";
    const packed = await pack(new TextEncoder().encode(text), format);
    const chunks = Array.from(packed, (byte) => Uint8Array.of(byte));
    const source = unpack(new ListedSource(chunks), format);
    let unpacked = "";
    for (let bytes; (bytes = await source.read()) !== null;) {
      assert(bytes.length > 0);
      unpacked += new TextDecoder().decode(bytes);
    }
    assertEquals(unpacked, text);
    assertEquals(await source.read(), null);
  });
}

Deno.test("InflatedSource fails as its source does", async () => {
  const failure = new GatewayError("request_timeout", "It is late");
  const source = unpack({ read: () => Promise.reject(failure), cancel: () => {} });
  assertEquals(await failureOf(source.read()), failure);
});

Deno.test("InflatedSource does not read ahead of its reader", async () => {
  // Noise does not compress, so every chunk of it unpacks to something.
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const packed = await pack(noise);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < packed.length; at += 1_000) chunks.push(packed.slice(at, at + 1_000));
  const listed = new ListedSource(chunks);
  const source = unpack(listed);
  await source.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(listed.reads < 8, `It read ${listed.reads} chunks for one`);
});

Deno.test("InflatedSource unpacks a bomb in steps that a bound can stop (T49)", async () => {
  const packed = await pack(new Uint8Array(64 << 20));
  const listed = new ListedSource([packed]);
  const source = unpack(listed);
  const first = await source.read();
  assert(first !== null && first.length < 9_000_000, `One step made ${first?.length} bytes`);
  source.cancel();
  assert(listed.isCancelled);
  assertEquals((await failureOf(source.read())).kind, "client_closed");
});

Deno.test("InflatedSource refuses a body that stops short, and one with a wrong checksum", async () => {
  const packed = await pack(new TextEncoder().encode("hello"));
  const bodies = [
    packed.slice(0, -3),
    new Uint8Array([...packed.slice(0, -8), ...new Uint8Array(8)]),
  ];
  for (const body of bodies) {
    const source = unpack(new ListedSource([body]));
    const failure = await failureOf((async () => {
      while (await source.read() !== null);
    })());
    assertEquals(failure.kind, "invalid_request");
  }
});
