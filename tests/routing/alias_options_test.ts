/** How aliases are written. */

import { assertEquals } from "@std/assert";
import { routingOptions } from "../../src/routing/options.ts";

function chainOf(count: number): Record<string, string[]> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, [`a${index + 1}`]]),
  );
}

Deno.test("a chain of aliases is followed to its end, and more than there may be are not followed at all", () => {
  assertEquals(routingOptions.safeParse({ aliases: chainOf(1_000) }).success, true);
  // One that leads back would be told of as well, after minutes for so many.
  const many = routingOptions.safeParse({ aliases: { ...chainOf(20_000), b: ["b"] } });
  assertEquals(many.error?.issues.map(({ message }) => message), ["must be 1000 at the most"]);
});
