import { assert, assertEquals } from "@std/assert";
import { cellOf, playCases } from "./run_cases.ts";

const MAX_CANCEL_MS = 250;

Deno.test("every fault ends as declared: on the wire, in the log and upstream", async () => {
  const played = await playCases();
  const asText = ({ prompt, relay, form }: (typeof played)[number], cell: string) =>
    `${prompt} ${relay} ${form}: ${cell}`;
  assertEquals(
    played.map((cell) => asText(cell, cellOf(cell))),
    played.map((cell) => asText(cell, cell.expected)),
  );
  for (const cell of played) {
    assert(
      (cell.cancelMs ?? 0) < MAX_CANCEL_MS,
      asText(cell, `cancelled after ${cell.cancelMs} ms`),
    );
  }
});
