/** Copies what lasts, for whoever keeps it elsewhere. */

import { StateError } from "../installation_secret.ts";

/**
 * Writes a copy of the ledger that can be opened in its place; a gateway may be running on it.
 *
 * @param state As the configuration has it.
 * @throws `StateError`
 */
export function backupState(_state: string | undefined, _file: string): void {
  throw new StateError("There is no ledger to copy; set STATE");
}
