/** docs/dependencies.md against the lock file: what the executable is made of cannot change in silence. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DEPENDENCIES_DOCUMENT, rowStart, setOf } from "../release/dependencies_document.ts";
import { readShippedPackages } from "../release/shipped_packages.ts";

/** Licences under which a program of another licence may be given away. */
const PERMISSIVE = /^(0BSD|Apache-2\.0|BSD-[23]-Clause|ISC|MIT|Unlicense)$/;
const AGAIN = "run `deno task audit`, and read what it says";

Deno.test("docs/dependencies.md lists what the executable is made of, as deno.lock has it", async () => {
  const document = await Deno.readTextFile(DEPENDENCIES_DOCUMENT);
  const shipped = await readShippedPackages();
  const rows = document.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(rows.map((row) => row.replace(/ [^|]+ \|$/, "")), shipped.map(rowStart), AGAIN);
  for (const row of rows) {
    const license = row.split(" | ").at(-1)?.replace(" |", "") ?? "";
    assert(PERMISSIVE.test(license), `${row}: its licence is to be looked at`);
  }
  assertStringIncludes(document, `of the set \`${setOf(shipped)}\``, AGAIN);
  for (const name of ["zod", "ioredis", "preact"]) {
    assert(shipped.some((each) => each.name === name), `${name} is not seen`);
  }
  assert(!shipped.some(({ name }) => name.startsWith("@ai-sdk/")), "What tests use is not shipped");
});
