/** The secret by which an installation knows what it made itself. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Entity } from "../core/ledger/ledger_store.ts";
import type { StateOptions } from "./options.ts";
import { isPostgresAddress } from "./state_address.ts";
import { thrownMessage } from "../core/text/thrown_message.ts";

const SECRET_BYTES = 32;
const SECRET_TEXT = /^[0-9a-f]{64}$/;
/** Its owner's alone. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** A folder or file of the installation cannot be used; the message is for whoever runs it. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** What is there was written by a newer Weir, and is left alone. */
export class NewerStateError extends StateError {
  /** What was made at run time; `undefined` where this one cannot read it. */
  readonly entities: readonly Entity[] | undefined;

  constructor(message: string, entities: readonly Entity[] | undefined) {
    super(message);
    this.entities = entities;
  }
}

/**
 * The one that is set, else that of the folder, else one of this process.
 *
 * Throws `StateError` where the folder cannot be used.
 */
export function installationSecret(
  { secret, folder }: StateOptions,
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): Uint8Array<ArrayBuffer> {
  if (secret !== undefined) return new Uint8Array(createHash("sha256").update(secret).digest());
  if (folder !== undefined && !isPostgresAddress(folder)) return secretOf(folder, randomBytes);
  const made = new Uint8Array(SECRET_BYTES);
  randomBytes(made);
  return made;
}

/** Makes the folder where there is none. Throws `StateError`. */
export function makeStateFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  } catch (thrown) {
    throw stateError(folder, "made or opened", thrown);
  }
}

function secretOf(
  folder: string,
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): Uint8Array<ArrayBuffer> {
  makeStateFolder(folder);
  const path = `${folder}/secret`;
  let text = readIfThere(path);
  if (text === undefined) {
    writeFirst(path, randomBytes);
    // Another process may have been first.
    text = readIfThere(path) ?? "";
  }
  if (SECRET_TEXT.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  throw new StateError(
    `${path} holds no secret of Weir, which is 64 hexadecimal digits; ` +
      "restore it, or remove it so that another is made",
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw stateError(path, "read", thrown);
  }
}

/** Written aside and linked whole, so that nobody ever reads half of it, and the first one stays. */
function writeFirst(path: string, randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void): void {
  const made = new Uint8Array(SECRET_BYTES);
  randomBytes(made);
  const aside = `${path}.${Deno.pid}.new`;
  try {
    Deno.writeTextFileSync(aside, `${Buffer.from(made).toString("hex")}\n`, { mode: FILE_MODE });
    Deno.linkSync(aside, path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw stateError(path, "written", thrown);
  } finally {
    removeIfThere(aside);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw stateError(path, "removed", thrown);
  }
}

export function stateError(path: string, done: string, thrown: unknown): StateError {
  const cause = thrownMessage(thrown);
  return new StateError(
    `${path} could not be ${done} (${cause}); ` +
      "STATE must name a folder that this program may read and write",
  );
}
