import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type SseBlock, SseSplitter } from "../../src/framing/sse_splitter.ts";
import { allCuts, joined, showCut } from "./cuts.ts";
import { bordersOf } from "./sse_reference.ts";

const MAX_HELD_BYTES = 1_024;
const encoder = new TextEncoder();

function split(chunks: readonly Uint8Array<ArrayBuffer>[], maxHeldBytes = MAX_HELD_BYTES) {
  const splitter = new SseSplitter({ maxHeldBytes });
  const blocks = chunks.map((chunk) => splitter.push(chunk));
  return { blocks, rest: splitter.flush() };
}

/** The ends of all blocks as offsets in the whole stream. */
function streamEnds(blocks: readonly SseBlock[]): number[] {
  let offset = 0;
  return blocks.flatMap(({ bytes, ends }) => {
    const shifted = ends.map((end) => offset + end);
    offset += bytes.length;
    return shifted;
  });
}

const STREAMS = [
  "",
  "data: 1\n\ndata: 2\n\n",
  "data: 1\r\n\r\ndata: 2\r\n\r\n",
  "data: 1\r\rdata: 2\r\r",
  "data: 1\r\n\ndata: 2\n\r\ndata: 3\n\rdata: 4\r\n\rdata: 5\r\r\n",
  ": OPENROUTER PROCESSING\n\n:\n\nevent: a\ndata: é€😀\ndata\n\n",
  "\n\n\r\n\r\rdata: 1\n\n\n",
  "data: 1\n\ndata: 2",
  "data: 1\n\ndata: 2\r",
  "data: 1\r\n\r\ndata: 2\r\n",
  '{"error":{"message":"no event at all"}}',
  "data: tab\tand\x0bother\x00control\x1fcharacters\n\n",
];

Deno.test("SseSplitter passes every byte on and ends each event where the reference does", () => {
  for (const text of STREAMS) {
    const stream = encoder.encode(text);
    const borders = bordersOf(stream);
    for (const chunks of allCuts(stream)) {
      const { blocks, rest } = split(chunks);
      const shown = showCut(chunks);
      assertEquals(joined([...blocks.map(({ bytes }) => bytes), rest]), stream, shown);
      const ends = streamEnds(blocks);
      assertEquals(ends.length, borders.length, shown);
      for (const [index, end] of ends.entries()) {
        // A CR that ends a chunk ends the event at once; its LF leaves with the next chunk.
        const isCut = stream[end - 1] === 13 && stream[end] === 10;
        assertEquals(isCut ? end + 1 : end, borders[index], shown);
      }
      for (const { startsInEvent, endsInEvent } of blocks) assert(!startsInEvent && !endsInEvent);
      assertEquals(rest.length, stream.length - (borders.at(-1) ?? 0), shown);
    }
  }
});

Deno.test("SseSplitter.push() releases with each chunk all that it completes", () => {
  const steps = [
    { chunk: "data: 1\n\ndata: ", bytes: "data: 1\n\n", ends: [9] },
    { chunk: "2\n", bytes: "", ends: [] },
    { chunk: "", bytes: "", ends: [] },
    { chunk: "\n: c\n\nd", bytes: "data: 2\n\n: c\n\n", ends: [9, 14] },
    { chunk: "ata: 3\r\n\r", bytes: "data: 3\r\n\r", ends: [10] },
    { chunk: "\ndata: 4\r", bytes: "\n", ends: [] },
    { chunk: "\n\r\n", bytes: "data: 4\r\n\r\n", ends: [11] },
  ];
  const splitter = new SseSplitter({ maxHeldBytes: MAX_HELD_BYTES });
  for (const { chunk, bytes, ends } of steps) {
    const block = splitter.push(encoder.encode(chunk));
    assertEquals(new TextDecoder().decode(block.bytes), bytes, chunk);
    assertEquals(block.ends, ends, chunk);
  }
  assertEquals(splitter.flush(), new Uint8Array(0));
});

Deno.test("SseSplitter.push() copies nothing where nothing was held", () => {
  const splitter = new SseSplitter({ maxHeldBytes: MAX_HELD_BYTES });
  const whole = encoder.encode("data: 1\n\n");
  assertStrictEquals(splitter.push(whole).bytes, whole);
  const cut = encoder.encode("data: 2\n\ndata: 3");
  assertStrictEquals(splitter.push(cut).bytes.buffer, cut.buffer);
  cut.fill(0);
  const next = splitter.push(encoder.encode("\n\n"));
  assertEquals(next.bytes, encoder.encode("data: 3\n\n"), "What is held is the splitter's own");
});

Deno.test("SseSplitter.push() leaves what it returned alone", () => {
  const splitter = new SseSplitter({ maxHeldBytes: MAX_HELD_BYTES });
  splitter.push(encoder.encode("data: 1"));
  const { bytes } = splitter.push(encoder.encode("\n\ndata: 2"));
  splitter.push(encoder.encode("\n\ndata: 3"));
  assertEquals(bytes, encoder.encode("data: 1\n\n"));
  const rest = splitter.flush();
  splitter.push(encoder.encode("x".repeat(20)));
  assertEquals(rest, encoder.encode("data: 3"));
});

Deno.test("SseSplitter has no cap on an event: what is too long to hold leaves as it comes (T28)", () => {
  const steps = [
    { chunk: "data: 1\n\ndata: 2", bytes: "data: 1\n\n", ends: [9], starts: false, endsIn: false },
    { chunk: "2345", bytes: "data: 22345", ends: [], starts: false, endsIn: true },
    { chunk: "6", bytes: "6", ends: [], starts: true, endsIn: true },
    { chunk: "", bytes: "", ends: [], starts: true, endsIn: true },
    { chunk: "7\n", bytes: "7\n", ends: [], starts: true, endsIn: true },
    {
      chunk: "\ndata: 3\n\nda",
      bytes: "\ndata: 3\n\n",
      ends: [1, 10],
      starts: true,
      endsIn: false,
    },
    { chunk: "ta:\n\nx", bytes: "data:\n\n", ends: [7], starts: false, endsIn: false },
    // Held and new bytes of one event count together, those of different ones do not.
    { chunk: "y\n\n12345678", bytes: "xy\n\n", ends: [4], starts: false, endsIn: false },
    { chunk: "9", bytes: "123456789", ends: [], starts: false, endsIn: true },
    { chunk: "\r\n\r", bytes: "\r\n\r", ends: [3], starts: true, endsIn: false },
    { chunk: "\n", bytes: "\n", ends: [], starts: false, endsIn: false },
    { chunk: "\n", bytes: "\n", ends: [1], starts: false, endsIn: false },
  ];
  const splitter = new SseSplitter({ maxHeldBytes: 8 });
  for (const { chunk, bytes, ends, starts, endsIn } of steps) {
    const block = splitter.push(encoder.encode(chunk));
    assertEquals(new TextDecoder().decode(block.bytes), bytes, chunk);
    assertEquals(block.ends, ends, chunk);
    assertEquals([block.startsInEvent, block.endsInEvent], [starts, endsIn], chunk);
  }
});

Deno.test("SseSplitter passes every byte on however little it may hold", () => {
  const stream = encoder.encode(STREAMS.join("data: longer than the rest\r\n\r\n"));
  const borders = bordersOf(stream).length;
  for (const maxHeldBytes of [0, 1, 5, 20]) {
    for (const chunks of allCuts(stream)) {
      const { blocks, rest } = split(chunks, maxHeldBytes);
      assertEquals(joined([...blocks.map(({ bytes }) => bytes), rest]), stream);
      assertEquals(streamEnds(blocks).length, borders);
      assert(rest.length <= maxHeldBytes);
      for (const [index, block] of blocks.entries()) {
        assertEquals(block.startsInEvent, blocks[index - 1]?.endsInEvent ?? false);
      }
    }
  }
});
