/** The environment of the process, with the `.env` file of the working directory under it. */

import { loadEnvFile } from "node:process";
import type { Environment } from "../config/read_environment.ts";

const FILE = ".env";

/** Variables that are set already win over the file's. */
export function processEnvironment(): Environment {
  const own = Deno.env.toObject();
  if (!hasFile()) return own;
  // On Deno the file's values replace those that are set, unlike on Node.
  loadEnvFile(FILE);
  return { ...Deno.env.toObject(), ...own };
}

/** Asked first: what `loadEnvFile` throws for a missing file differs between versions of Deno. */
function hasFile(): boolean {
  try {
    return Deno.statSync(FILE).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}
