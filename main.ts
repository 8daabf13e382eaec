/** The entry point of the program. */

import { run } from "./src/cli/run.ts";

// Not awaited: where a thread ends before its module is evaluated, the runtime keeps its memory and two descriptors.
if (import.meta.main) run(Deno.args).then(Deno.exit);
