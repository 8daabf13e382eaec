/** The environment of the process, with the `.env` file of the working directory under it. */

import { loadEnvFile } from "node:process";
import type { Environment } from "../config/settings.ts";

/** In the working directory. */
export const ENV_FILE = ".env";

/** What was set when the process started, before any file. */
let own: Environment | undefined;

/** Variables that are set already win over the file's. May be called again once the file has changed. */
export function processEnvironment(): Environment {
  own ??= Deno.env.toObject();
  forget(own);
  if (!hasFile()) return own;
  // On Deno the file's values replace those that are set, unlike on Node.
  loadEnvFile(ENV_FILE);
  return { ...Deno.env.toObject(), ...own };
}

/** Takes out what the file has set before. */
function forget(own: Environment): void {
  for (const name of Object.keys(Deno.env.toObject())) {
    if (own[name] === undefined) Deno.env.delete(name);
  }
}

/** Asked first: what `loadEnvFile` throws for a missing file differs between versions of Deno. */
function hasFile(): boolean {
  try {
    return Deno.statSync(ENV_FILE).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}
