/** Opens a listener and says in one sentence why it cannot be opened. */

import type { HttpServer, Listening } from "../../server/http_server.ts";
import type { Certificate } from "../../server/listener.ts";
import type { TlsOptions } from "../../server/server_options.ts";
import { StartError } from "../start_error.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

const ANOTHER_PROGRAM = "another program";

/** The address cannot be listened on. */
export class ListenError extends StartError {
  override readonly name = "ListenError";
  /** Where somebody else listens. */
  readonly taken: { readonly hostname: string; readonly port: number } | undefined;

  constructor(message: string, taken?: ListenError["taken"]) {
    super(message);
    this.taken = taken;
  }

  /** The message with whoever listens there in it. */
  naming(whoListens: string): string {
    return this.message.replace(ANOTHER_PROGRAM, whoListens);
  }
}

/** Throws `ListenError` where somebody else listens, even if the port could be shared with them. */
export function ensureFree(hostname: string, port: number): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (thrown) {
    throw cannotListen({ hostname, port }, thrown);
  }
}

export interface ListenAddress {
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly reusePort?: boolean;
  readonly certificate?: Certificate;
}

/** Has a server take connections at an address. Throws `ListenError`. */
export function listen(
  server: Pick<HttpServer, "listen">,
  address: ListenAddress,
  settings?: string,
): Listening {
  try {
    return server.listen({ kind: "tcp", reusePort: false, ...address });
  } catch (thrown) {
    throw cannotListen(address, thrown, settings);
  }
}

/** Throws `ListenError`. */
export function listenOnUnixSocket(server: Pick<HttpServer, "listen">, path: string): void {
  try {
    server.listen({ kind: "unix", path });
  } catch (thrown) {
    const reason = thrownMessage(thrown);
    throw new ListenError(
      `weir cannot listen on ${path}: ${reason}; choose another UNIX_SOCKET, in a folder that may be written to`,
    );
  }
}

function cannotListen(
  { hostname, port }: ListenAddress,
  thrown: unknown,
  settings = "HOST or PORT",
): ListenError {
  const isTaken = thrown instanceof Deno.errors.AddrInUse;
  return new ListenError(
    `weir cannot listen on ${hostname}:${port}: ${reasonOf(thrown)}choose another ${settings}`,
    isTaken ? { hostname, port } : undefined,
  );
}

/** What is in the way, and what else can be done about it than choosing another address. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.AddrInUse) return `${ANOTHER_PROGRAM} does; stop it, or `;
  if (thrown instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address (0.0.0.0 is all that it has); ";
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return "this user may not; run it with CAP_NET_BIND_SERVICE, or ";
  }
  return `${thrown instanceof Error ? thrown.message : thrown}; `;
}

/** What `PORT` speaks. */
export function schemeOfPort({ cert, port }: TlsOptions): "http" | "https" {
  return cert !== undefined && port === undefined ? "https" : "http";
}

/** An address that reaches a listener from this machine: the unspecified address is none. */
export function localUrl(host: string, port: number, scheme: "http" | "https" = "http"): string {
  if (host === "0.0.0.0" || host === "::") return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
