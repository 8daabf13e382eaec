/**
 * Accepts the connections of clients at one address, and listens anew where that fails.
 *
 * Where a process has as many files open as it may, accepting fails; without this, a flood of connections
 * would leave a gateway that runs and answers nobody.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Peer } from "./server_parts.ts";
import type { AcceptedSocket, ClientSocket, SocketListener } from "./socket.ts";
import { openUnixListener } from "./unix_listener.ts";

/** Connections end at any time, and those that are open are served meanwhile. */
const PAUSE_MS = 200;

/** Where to listen. With a certificate and its key, both as PEM, what comes is TLS. */
export type ListenAt =
  | {
    readonly kind: "tcp";
    readonly hostname: string;
    /** 0 is any that is free. */
    readonly port: number;
    /** With a certificate it is always shared. */
    readonly reusePort: boolean;
    readonly certificate?: Certificate;
  }
  | { readonly kind: "unix"; readonly path: string };

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerWatcher {
  accepted(socket: ClientSocket, peer: Peer): void;
  /** It does not listen, and tries again. */
  failed(thrown: unknown): void;
  listensAgain(): void;
}

export type OpenListener = (at: ListenAt) => SocketListener;

export class LastingListener {
  readonly #clock: Pick<Clock, "schedule">;
  readonly #watcher: ListenerWatcher;
  readonly #open: OpenListener;
  #at: ListenAt;
  #listener: SocketListener | undefined;
  /** Resolves when `#listener` accepts no more. */
  #accepting: Promise<void>;
  #hasFailed = false;
  #isClosed = false;

  /** Throws what the runtime throws where the address cannot be listened on. */
  constructor(
    at: ListenAt,
    watcher: ListenerWatcher,
    clock: Pick<Clock, "schedule">,
    open: OpenListener = openListener,
  ) {
    this.#clock = clock;
    this.#watcher = watcher;
    this.#open = open;
    const listener = open(at);
    this.#listener = listener;
    // The same port for good, where any free one was asked for.
    this.#at = at.kind === "tcp" ? { ...at, port: portOf(listener.addr) } : at;
    this.#accepting = this.#acceptAll(listener);
  }

  /** 0 for a unix socket. */
  get port(): number {
    return this.#at.kind === "tcp" ? this.#at.port : 0;
  }

  /**
   * Takes another certificate for connections from now on, and resolves when none is taken with the one
   * before. Rejects with what the runtime throws where it cannot be used; then the one before is used on.
   */
  async replaceCertificate(certificate: Certificate): Promise<void> {
    if (this.#at.kind !== "tcp" || this.#isClosed) return;
    const at = { ...this.#at, certificate };
    // The port is shared for a moment: closing the listener before would refuse clients meanwhile.
    const listener = this.#open(at);
    this.#at = at;
    const before = this.#listener;
    const accepting = this.#accepting;
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
    before?.close();
    await accepting;
  }

  close(): void {
    this.#isClosed = true;
    this.#listener?.close();
    this.#listener = undefined;
  }

  #listen(): void {
    const listener = this.#open(this.#at);
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
  }

  async #acceptAll(listener: SocketListener): Promise<void> {
    const isSecure = this.#at.kind === "tcp" && this.#at.certificate !== undefined;
    while (listener === this.#listener) {
      try {
        const socket = await listener.accept();
        this.#recover();
        sendAtOnce(socket);
        this.#watcher.accepted(socket, { isSecure, address: addressOf(socket.remoteAddr) });
      } catch (thrown) {
        if (this.#isClosed || listener !== this.#listener) return;
        // A client that left before it was accepted is no failure of the listener.
        if (thrown instanceof Deno.errors.ConnectionAborted) continue;
        return this.#acceptAgainSoon(listener, thrown);
      }
    }
  }

  #acceptAgainSoon(listener: SocketListener, thrown: unknown): void {
    if (!this.#hasFailed) this.#watcher.failed(thrown);
    this.#hasFailed = true;
    this.#clock.schedule(PAUSE_MS, () => {
      if (this.#isClosed || listener !== this.#listener) return;
      // It is mostly as good as before, and those who wait in its queue are not turned away.
      if (!(thrown instanceof Deno.errors.BadResource)) return void this.#acceptAll(listener);
      try {
        this.#listen();
      } catch {
        // There is still no file to be had for it.
        this.#acceptAgainSoon(listener, thrown);
      }
    });
  }

  #recover(): void {
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    this.#watcher.listensAgain();
  }
}

/** Else an event would wait until the client has acknowledged the one before. */
function sendAtOnce(socket: AcceptedSocket): void {
  try {
    socket.setNoDelay?.(true);
  } catch {
    // The client has left already, which the first read tells.
  }
}

/** Not by its transport, which Deno 2.4 leaves out where there is TLS. */
function portOf(address: Deno.Addr): number {
  return "port" in address ? address.port : 0;
}

function addressOf(address: Deno.Addr): string {
  return "hostname" in address ? address.hostname : "";
}

/** Throws what the runtime throws. */
function openListener(at: ListenAt): SocketListener {
  if (at.kind === "unix") return openUnixListener(at.path);
  const { hostname, port, reusePort, certificate } = at;
  if (certificate === undefined) return Deno.listen({ hostname, port, reusePort });
  // So that another certificate can take the place of this one.
  return Deno.listenTls({ hostname, port, reusePort: true, ...certificate });
}
