import { assertEquals } from "@std/assert";
import { ReceivedBody } from "../../src/server/body/request_body.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const LIMITS = { maxHeadBytes: 1_024, maxHeadFields: 16, maxTargetBytes: 256 };

function bodyOf(lengthBytes: number): ReceivedBody {
  return new ReceivedBody({ bodyWanted: () => {} }, lengthBytes, LIMITS);
}

Deno.test("a short body that comes in pieces is one array, without what came behind it", () => {
  const body = bodyOf(10);
  assertEquals(body.push(ENCODER.encode("xxabc"), 2), 5);
  assertEquals(body.push(ENCODER.encode("defg"), 0), 4);
  assertEquals(body.push(ENCODER.encode("hij, and more"), 0), 3);
  assertEquals([body.isComplete, DECODER.decode(body.takeWhole())], [true, "abcdefghij"]);
});

Deno.test("pieces that are read one by one lie behind one another, and stay as they are", async () => {
  const body = bodyOf(6);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const text of ["ab", "cd", "ef"]) {
    const bytes = ENCODER.encode(text);
    body.push(bytes, 0);
    const piece = await body.read();
    if (piece !== null) pieces.push(piece);
    bytes.fill(0); // The next read of the connection goes there.
  }
  assertEquals(pieces.map((piece) => DECODER.decode(piece)), ["ab", "cd", "ef"]);
  assertEquals(new Set(pieces.map(({ buffer }) => buffer)).size, 1);
  assertEquals(pieces.map(({ byteOffset }) => byteOffset - pieces[0]!.byteOffset), [0, 2, 4]);
});

Deno.test("memory for a body is set aside when it comes, and for no more than is kept", () => {
  const body = bodyOf(1_000_000);
  body.push(new Uint8Array(100_000).fill(7), 0);
  const kept = body.takeWhole();
  assertEquals(kept, undefined);
  body.push(new Uint8Array(900_000).fill(7), 0);
  const whole = body.takeWhole();
  assertEquals([whole?.length, whole?.every((byte) => byte === 7)], [1_000_000, true]);
});

Deno.test("of a body that is given up nothing is kept", () => {
  const body = bodyOf(10);
  body.push(ENCODER.encode("abc"), 0);
  body.discard();
  assertEquals(body.push(ENCODER.encode("defghij"), 0), 7);
  assertEquals([body.isComplete, body.takeWhole()], [true, undefined]);
});
