/** A text before a call that there has to be is held, because the model may be asked again; but not without end. */

import { assert, assertEquals } from "@std/assert";
import { CallReader } from "../../../src/gateway/emulated_tools/call_reader.ts";
import { DeclaredTools } from "../../../src/gateway/emulated_tools/declared_tools.ts";
import { TOOLS } from "../../support/written_calls.ts";

const REQUIRED = {
  declared: new DeclaredTools(TOOLS),
  choice: "required",
  isParallel: true,
  failed: undefined,
  noteFailure: () => {},
} as const;

Deno.test("a text that goes on and on where a tool has to be called is ended", () => {
  const reader = new CallReader(REQUIRED, () => false);
  const text = "word ".repeat(20_000);
  reader.read([{ type: "block_start", choice: 0, block: 0, part: { type: "text", text } }]);
  for (let reads = 1; reads < 100; reads++) {
    const [fault, ...others] = reader.read([{ type: "block_delta", block: 0, text }]);
    if (fault === undefined) continue;
    assert(fault.type === "fault" && fault.fault.isUnreadable === true);
    assertEquals([others, reads], [[], 83]);
    return;
  }
  throw new Error("All of it is held");
});
