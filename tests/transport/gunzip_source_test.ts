/** How gzipped bodies are unpacked. */

import { assert, assertEquals } from "@std/assert";
import type { ByteSource } from "../../src/core/transport.ts";
import { GunzipSource } from "../../src/transport/gunzip_source.ts";
import { failureOf } from "./contract.ts";

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
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

Deno.test("GunzipSource unpacks a body that comes byte by byte", async () => {
  const text = "hello, hello, hello";
  const packed = await gzip(new TextEncoder().encode(text));
  const chunks = Array.from(packed, (byte) => Uint8Array.of(byte));
  const source = new GunzipSource(new ListedSource(chunks));
  let unpacked = "";
  for (let bytes; (bytes = await source.read()) !== null;) {
    assert(bytes.length > 0);
    unpacked += new TextDecoder().decode(bytes);
  }
  assertEquals(unpacked, text);
  assertEquals(await source.read(), null);
});

Deno.test("GunzipSource does not read ahead of its reader", async () => {
  // Noise does not compress, so every chunk of it unpacks to something.
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const packed = await gzip(noise);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < packed.length; at += 1_000) chunks.push(packed.slice(at, at + 1_000));
  const listed = new ListedSource(chunks);
  const source = new GunzipSource(listed);
  await source.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(listed.reads < 8, `It read ${listed.reads} chunks for one`);
});

Deno.test("GunzipSource unpacks a bomb in steps that a bound can stop (T49)", async () => {
  const packed = await gzip(new Uint8Array(64 << 20));
  const listed = new ListedSource([packed]);
  const source = new GunzipSource(listed);
  const first = await source.read();
  assert(first !== null && first.length < 9_000_000, `One step made ${first?.length} bytes`);
  source.cancel();
  assert(listed.isCancelled);
  assertEquals((await failureOf(source.read())).kind, "client_closed");
});

Deno.test("GunzipSource refuses a body that stops short, and one with a wrong checksum", async () => {
  const packed = await gzip(new TextEncoder().encode("hello"));
  const bodies = [
    packed.slice(0, -3),
    new Uint8Array([...packed.slice(0, -8), ...new Uint8Array(8)]),
  ];
  for (const body of bodies) {
    const source = new GunzipSource(new ListedSource([body]));
    const failure = await failureOf((async () => {
      while (await source.read() !== null);
    })());
    assertEquals(failure.kind, "upstream_invalid_response");
  }
});
