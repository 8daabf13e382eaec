/** A recording that is longer than any text of the runtime may be. */

import { assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { ask } from "../support/two_targets.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { isAll } from "./choice.ts";

const MEBIBYTE = 1_048_576;
/** V8 has texts of 512 MiB at the most. */
const MEBIBYTES = 520;
const PIECES = 10;

/** The same exchanges, far behind the title. */
async function lengthen(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const titleEnd = text.indexOf("\n") + 1;
  const emptyLines = `${" ".repeat(MEBIBYTE - 1)}\n`.repeat(MEBIBYTES / PIECES);
  await Deno.writeTextFile(path, text.slice(0, titleEnd));
  for (let piece = 0; piece < PIECES; piece++) {
    await Deno.writeTextFile(path, emptyLines, { append: true });
  }
  await Deno.writeTextFile(path, text.slice(titleEnd), { append: true });
}

Deno.test({
  name: "a recording of more than half a GiB is played",
  // It takes ten seconds of processor time.
  ignore: !isAll,
  fn: async () => {
    await using folder = await workingDirectory({});
    const path = `${folder.path}/long.cassette`;
    let recorded: string;
    {
      await using weir = await startProgram({ args: ["record", path] });
      recorded = (await ask(weir, "m", "hi")).text;
    }
    await lengthen(path);
    await using weir = await startProgram({ args: ["replay", path] });
    assertEquals((await ask(weir, "m", "hi")).text, recorded);
  },
});
