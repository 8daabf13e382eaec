/**
 * What the process gives up of what it was started with, for good.
 *
 * The program is started with what any of its commands needs. Whatever a fault in it could be made to do later,
 * such as to start another program, it cannot do without the permission. One to write anywhere cannot be
 * narrowed to a folder, so that it is kept whole or not at all.
 *
 * @module
 */

import type { Config } from "../../config/schema.ts";
import type { Environment } from "../../config/sources/settings.ts";
import { isPostgresAddress } from "../../state/state_address.ts";

/** What not every command needs: to start programs, and to write files. */
const GIVEN_UP = ["run", "write"] as const;
export type Permission = typeof GIVEN_UP[number];

/** Gives up all of them but those that are needed. */
export function keepOnly(needed: readonly Permission[]): void {
  for (const name of GIVEN_UP) {
    if (!needed.includes(name)) Deno.permissions.revokeSync({ name });
  }
}

/**
 * What serving needs. A socket is a file as well: to listen on one, to reach a provider by one and to tell systemd
 * of the state is to write it.
 */
export function neededToServe(
  { state, server, upstreams, cassettes }: Pick<
    Config,
    "cassettes" | "state" | "server" | "upstreams"
  >,
  { NOTIFY_SOCKET = "" }: Environment,
): readonly Permission[] {
  const hasSocket = server.unixSocket !== undefined || NOTIFY_SOCKET !== "" ||
    Object.values(upstreams.compatible).some(({ unixSocket }) => unixSocket !== undefined);
  const hasFolder = state.folder !== undefined && !isPostgresAddress(state.folder);
  const hasFiles = hasFolder || cassettes.record !== undefined;
  return hasFiles || hasSocket ? ["write"] : [];
}
