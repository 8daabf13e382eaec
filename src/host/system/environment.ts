/** The environment of the process, with the `.env` file of the working directory under it. */

import { readEnvFile } from "../../config/sources/env_file.ts";
import { ConfigError } from "../../config/problems/problem.ts";
import { readSmallFile } from "../../config/sources/read_small_file.ts";
import type { Environment } from "../../config/sources/settings.ts";

/** In the working directory. */
export const ENV_FILE = ".env";
const MAX_ENV_FILE_BYTES = 1_048_576;

/** Variables that are set already win over the file's. Throws `ConfigError`. */
export function processEnvironment(): Environment {
  return { ...readFileIfThere(), ...Deno.env.toObject() };
}

function readFileIfThere(): Environment {
  try {
    // A directory of that name is another program's.
    if (!Deno.statSync(ENV_FILE).isFile) return {};
    return readEnvFile(ENV_FILE, readSmallFile(ENV_FILE, MAX_ENV_FILE_BYTES));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return {};
    if (thrown instanceof ConfigError || !(thrown instanceof Error)) throw thrown;
    throw new ConfigError([{ place: ENV_FILE, message: `cannot be read: ${thrown.message}` }]);
  }
}
