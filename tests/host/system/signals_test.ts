import { assertEquals } from "@std/assert";
import { hasClosed } from "../../../src/host/system/signals.ts";

Deno.test("a hangup is that of a closed terminal where any stream was on one that is gone", () => {
  const [all, none] = [[true, true, true], [false, false, false]];
  assertEquals(hasClosed(all, none), true);
  assertEquals(hasClosed(all, all), false);
  assertEquals(hasClosed(none, none), false);
  // Input from /dev/null, and the log in a file.
  assertEquals(hasClosed([false, true, true], none), true);
  assertEquals(hasClosed([false, false, true], none), true);
  assertEquals(hasClosed([false, false, true], [false, false, true]), false);
});
