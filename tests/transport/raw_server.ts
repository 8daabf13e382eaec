/**
 * A server that sends exactly the bytes a test wants, when it wants, and tells when its peer left.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Runs once for each connection; the socket stays open after it until either side closes it. */
export type Script = (peer: RawPeer) => Promise<void>;

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** One character a byte, so that tests can write any byte as `\xNN`. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The inverse of `bytesOf`. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Ends a script whose peer has no more requests. */
class PeerLeft extends Error {}

/** The server's end of one connection. */
export class RawPeer {
  /** Which connection of the server it is, from 0 on. */
  readonly index: number;
  /** Resolves when the peer has closed the connection, or reset it. */
  readonly left: Promise<void>;
  receivedBytes = 0;
  readonly #socket: Deno.Conn;
  readonly #leave: () => void;
  #received = "";

  constructor(index: number, socket: Deno.Conn) {
    this.index = index;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.left = promise;
    this.#leave = resolve;
  }

  /** The next request as it came, head and body. The script ends where there is none. */
  async request(): Promise<string> {
    while (true) {
      const length = requestLength(this.#received);
      if (length !== undefined) {
        const request = this.#received.slice(0, length);
        this.#received = this.#received.slice(length);
        return request;
      }
      if (!await this.#receive()) throw new PeerLeft();
    }
  }

  /** Reads until the peer leaves; what comes is thrown away. */
  async drain(): Promise<void> {
    while (await this.#receive()) this.#received = "";
  }

  /** Reads once without a thought for what it is. */
  async receive(): Promise<string> {
    await this.#receive();
    return this.#received;
  }

  /** What one read brings, by itself; empty when the peer has left. */
  async receiveOnce(): Promise<string> {
    this.#received = "";
    return await this.receive();
  }

  async send(...parts: readonly (string | Uint8Array<ArrayBuffer>)[]): Promise<void> {
    for (const part of parts) {
      let rest = typeof part === "string" ? bytesOf(part) : part;
      while (rest.length > 0) rest = rest.subarray(await this.#socket.write(rest));
    }
  }

  /** Sends each byte in a write of its own. */
  async trickle(text: string): Promise<void> {
    for (const byte of bytesOf(text)) await this.#socket.write(Uint8Array.of(byte));
  }

  /** Passes bytes on, both ways, between this connection and a port of 127.0.0.1. */
  async join(port: number): Promise<void> {
    const other = await Deno.connect({ hostname: "127.0.0.1", port });
    const [mine, theirs] = [this.#socket, other];
    const back = theirs.readable.pipeTo(mine.writable).catch(() => {});
    await mine.readable.pipeTo(theirs.writable).catch(() => {});
    await back;
    this.#leave();
  }

  /** Sends no more, and still listens. */
  async closeWrite(): Promise<void> {
    await this.#socket.closeWrite();
  }

  /** Closes the connection. Where unread bytes are left, the system makes it a reset. */
  close(): void {
    try {
      this.#socket.close();
    } catch {
      // Closed already.
    }
  }

  async #receive(): Promise<boolean> {
    const buffer = new Uint8Array(65_536);
    const count = await this.#socket.read(buffer).catch(() => null);
    if (count === null) {
      this.#leave();
      return false;
    }
    this.receivedBytes += count;
    this.#received += textOf(buffer.subarray(0, count));
    return true;
  }
}

/** Listens on a port of its own of 127.0.0.1 and runs a script for each connection. */
export class RawServer {
  readonly peers: RawPeer[] = [];
  /** What went wrong in a script, for the test to rethrow. */
  readonly failures: unknown[] = [];
  readonly #listener: Deno.Listener;
  readonly #script: Script;
  readonly #scheme: string;
  readonly #done: Promise<void>;
  #isStopped = false;

  constructor(script: Script, certificate?: Certificate) {
    this.#script = script;
    this.#scheme = certificate === undefined ? "http" : "https";
    const address = { hostname: "127.0.0.1", port: 0 };
    this.#listener = certificate === undefined
      ? Deno.listen(address)
      : Deno.listenTls({ ...address, ...certificate });
    this.#done = this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port; // It listens on TCP.
  }

  url(path = "/", hostname = "127.0.0.1"): URL {
    return new URL(`${this.#scheme}://${hostname}:${this.port}${path}`);
  }

  /** Stops, closes what is open, and rethrows what went wrong in a script. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#listener.close();
    for (const peer of this.peers) peer.close();
    await this.#done;
    if (this.failures.length > 0) throw this.failures[0];
  }

  async #accept(): Promise<void> {
    const scripts: Promise<void>[] = [];
    try {
      for await (const socket of this.#listener) {
        // Else the second of two short writes waits for 40 ms.
        if ("setNoDelay" in socket) (socket as Deno.TcpConn).setNoDelay(true);
        const peer = new RawPeer(this.peers.length, socket);
        this.peers.push(peer);
        scripts.push(this.#run(peer));
      }
    } catch (error) {
      // A connection that ends before it is accepted, as a refused certificate makes it.
      if (!(error instanceof Deno.errors.BadResource)) this.failures.push(error);
    }
    await Promise.all(scripts);
  }

  async #run(peer: RawPeer): Promise<void> {
    try {
      await this.#script(peer);
    } catch (error) {
      // The client is free to leave in the middle of a script.
      const isGone = error instanceof PeerLeft || error instanceof Deno.errors.BrokenPipe ||
        error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
      if (!isGone) this.failures.push(error);
    }
    await peer.drain();
    peer.close();
  }
}

/** Length of the request that `text` begins with, once it is whole. */
function requestLength(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const contentLength = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, headEnd + 2))?.[1];
  const length = headEnd + 4 + Number(contentLength ?? 0);
  return text.length < length ? undefined : length;
}
