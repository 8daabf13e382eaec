/** Secrets that are kept in files of their own: `file:/path` and `credential:NAME`. */

import { isAbsolute, join } from "node:path";
import { FileError, type ReadFile } from "./read_small_file.ts";
import type { Environment } from "./settings.ts";

const MAX_SECRET_BYTES = 65_536;
/** Ways in which other programs name a variable; here they would be sent as the secret itself. */
const VARIABLE_NAME = /^(?:env:|\$|\$\{)([A-Z][A-Z0-9_]+)$/;
const CREDENTIAL_NAME = /^[\w@-][\w.@-]*$/;

/**
 * The secret that a value stands for: the content of a file, without white space around it, or the
 * value itself.
 *
 * Throws an `Error` whose message says what is wrong with the value.
 */
export function readSecret(value: string, environment: Environment, readFile: ReadFile): string {
  const path = pathOf(value, environment);
  if (path === undefined) return refuseVariableName(value);
  const secret = readText(path, readFile).trim();
  if (secret === "") {
    throw new Error(`is read from ${path}, which is empty; write the secret there`);
  }
  return secret;
}

function refuseVariableName(value: string): string {
  const [, name] = VARIABLE_NAME.exec(value) ?? [];
  if (name === undefined) return value;
  throw new Error(`names a variable; write "\${${name}}" in the file, or the secret itself`);
}

function pathOf(value: string, environment: Environment): string | undefined {
  const [, source, name = ""] = /^(file|credential):(.*)$/s.exec(value) ?? [];
  if (source === undefined) return undefined;
  if (source === "file") {
    if (isAbsolute(name)) return name;
    throw new Error("must have an absolute path after file:, such as file:/run/secrets/key");
  }
  if (!CREDENTIAL_NAME.test(name)) {
    throw new Error("must have the name of a credential after credential:, such as credential:key");
  }
  const directory = environment.CREDENTIALS_DIRECTORY ?? "";
  if (directory === "") {
    throw new Error(
      "is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; " +
        "start it as a service with LoadCredential=, or use file:/path",
    );
  }
  return join(directory, name);
}

function readText(path: string, readFile: ReadFile): string {
  try {
    return readFile(path, MAX_SECRET_BYTES);
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    throw new Error(`cannot be read from ${path}: ${thrown.message}`);
  }
}
