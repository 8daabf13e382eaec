/** Both shelves keep the same promises; that in a file also keeps them beyond the process. */

import { assertEquals } from "@std/assert";
import { MemoryShelf } from "../../../src/state/responses/memory_shelf.ts";
import type { ResponsesOptions } from "../../../src/state/responses/options.ts";
import type { ResponseShelf } from "../../../src/state/responses/response_shelf.ts";
import { SqliteShelf } from "../../../src/state/responses/sqlite_shelf.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { keptResponse, optionsWith } from "./kept.ts";

interface UnderTest {
  readonly shelf: ResponseShelf;
  readonly clock: ManualClock;
}

function withFile(action: (path: string) => void): void {
  Deno.mkdirSync("dist/tests", { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: "dist/tests" });
  try {
    action(`${folder}/responses.sqlite`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function testBoth(
  name: string,
  options: Partial<ResponsesOptions>,
  body: (under: UnderTest) => void,
): void {
  Deno.test(`in memory ${name}`, () => {
    const clock = new ManualClock();
    body({ shelf: new MemoryShelf(optionsWith(options), clock), clock });
  });
  Deno.test(`in a file ${name}`, () =>
    withFile((path) => {
      const clock = new ManualClock();
      const shelf = new SqliteShelf(path, optionsWith(options), clock);
      body({ shelf, clock });
      shelf.close();
    }));
}

testBoth("a response comes back as it was kept, until it is deleted", {}, ({ shelf }) => {
  const response = keptResponse("a", { previous: "0", isBackground: true });
  shelf.put(response, false);
  assertEquals(shelf.get("a"), response);
  const other = keptResponse("a", { answer: new TextEncoder().encode("{}") });
  shelf.put(other, false);
  assertEquals(shelf.get("a"), other);
  assertEquals(shelf.get("b"), undefined);
  shelf.delete("a");
  assertEquals(shelf.get("a"), undefined);
});

const KIB = new Uint8Array(1_024 - 512);

testBoth(
  "the response that was not used for longest gives way",
  { maxBytes: 4_096 },
  ({ shelf, clock }) => {
    for (const id of ["a", "b", "c", "d"]) {
      shelf.put(keptResponse(id, { input: KIB, answer: new Uint8Array(0) }), false);
      clock.advance(1);
    }
    assertEquals(shelf.get("a")?.id, "a");
    clock.advance(1);
    shelf.put(keptResponse("e", { input: KIB, answer: new Uint8Array(0) }), false);
    assertEquals(
      ["a", "b", "c", "d", "e"].filter((id) => shelf.get(id) !== undefined),
      ["a", "c", "d", "e"],
    );
  },
);

testBoth("one that is larger than all may be is not kept", { maxBytes: 4_096 }, ({ shelf }) => {
  shelf.put(keptResponse("a"), false);
  shelf.put(keptResponse("b", { input: new Uint8Array(8_192) }), false);
  assertEquals(shelf.get("b"), undefined);
  assertEquals(shelf.get("a")?.id, "a");
});

testBoth("what is too old is gone", { maxAgeMs: 1_000 }, ({ shelf, clock }) => {
  clock.advance(5);
  shelf.put(keptResponse("a"), false);
  clock.advance(1_000);
  assertEquals(shelf.get("a")?.id, "a");
  clock.advance(1);
  assertEquals(shelf.get("a"), undefined);
});

testBoth("issuers are remembered, so many at the most", { maxIssued: 20 }, ({ shelf, clock }) => {
  const owner = "key:alice";
  for (let number = 0; number < 100; number++) {
    shelf.remember({ id: `r${number}`, owner, upstream: "openai" });
    clock.advance(1);
  }
  assertEquals(shelf.issuedAs("r0"), undefined);
  assertEquals(shelf.issuedAs("r99"), { id: "r99", owner, upstream: "openai" });
  shelf.forget("r99");
  assertEquals(shelf.issuedAs("r99"), undefined);
  const left = Array.from({ length: 100 }, (_, number) => shelf.issuedAs(`r${number}`));
  const count = left.filter((issued) => issued !== undefined).length;
  assertEquals(count <= 20 && count >= 15, true, `${count}`);
});

Deno.test("what is in a file outlives its process, and what was running there is known", () =>
  withFile((path) => {
    const clock = new ManualClock();
    const before = new SqliteShelf(path, optionsWith(), clock);
    before.put(keptResponse("a"), false);
    before.put(keptResponse("b", { isBackground: true }), true);
    before.remember({ id: "r", owner: "o", upstream: "openai" });
    before.close();
    const after = new SqliteShelf(path, optionsWith(), clock);
    assertEquals(after.get("a"), keptResponse("a"));
    assertEquals(after.running().map(({ id }) => id), ["b"]);
    assertEquals(after.issuedAs("r")?.upstream, "openai");
    after.close();
  }));
