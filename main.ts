/** The entry point of the program. */

import { run } from "./src/cli/run.ts";

// Not awaited: of a thread that ends while its module does, the runtime keeps the memory and two descriptors.
if (import.meta.main) run(Deno.args).then(Deno.exit);
