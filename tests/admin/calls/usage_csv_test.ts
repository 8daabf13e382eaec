/** CSV as spreadsheets read it. */

import { assertEquals } from "@std/assert";
import { csvOf } from "../../../src/admin/calls/usage_csv.ts";

Deno.test("what callers have named is neither a formula, nor another field, nor another line", () => {
  const keys = ["plain", "=1+1", "+a", "-b", "@c", 'with "quotes"', "a,b", "a\r\nb", "schön", ""];
  const rows = keys.map((key) => ({ key, calls: -1, cost: null }));
  assertEquals(csvOf(["key", "calls", "cost"], rows).split("\r\n").slice(0, 8), [
    "key,calls,cost",
    "plain,-1,",
    "'=1+1,-1,",
    "'+a,-1,",
    "'-b,-1,",
    "'@c,-1,",
    '"with ""quotes""",-1,',
    '"a,b",-1,',
  ]);
});
