/**
 * Connects to an upstream: name lookup, TCP, the proxy's tunnel and TLS, under one deadline.
 *
 * The address is judged once there is a connection and before a byte is sent on it: so it is the one
 * that is used, whatever the name stands for a moment later, and `/etc/hosts` counts.
 *
 * @module
 */

import type { Signal } from "../core/http/signal.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Socket } from "./connection.ts";
import { checkAddress, checkHost } from "./address/address_rules.ts";
import { abortReason, connectFailure, timedOut } from "./failures.ts";
import { openTunnel, proxyFor } from "./address/proxy.ts";
import type { TransportOptions } from "./transport_options.ts";

/** `Deno.connect`. */
export type ConnectTcp = (options: {
  readonly hostname: string;
  readonly port: number;
  readonly signal: AbortSignal;
}) => Promise<Deno.TcpConn>;

/**
 * Connects to the origin of `url`.
 *
 * Rejects with `GatewayError`: `upstream_unreachable`, `upstream_timeout`, or the reason of
 * `signal`, each at once. What is under way may live on: a name lookup cannot be called off, and
 * Deno keeps the socket of an unfinished TLS handshake until the server goes on with it.
 */
export function openSocket(
  url: URL,
  signal: Signal,
  options: TransportOptions,
  clock: Clock,
  connectTcp: ConnectTcp = Deno.connect,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const attempt = new ConnectAttempt(connectTcp);
    const giveUp = (failure: GatewayError) => {
      attempt.giveUp(failure);
      settle();
      reject(failure);
    };
    const onAbort = () => giveUp(abortReason(signal));
    const { connectTimeoutMs } = options;
    const cancelTimer = clock.schedule(
      connectTimeoutMs,
      () => giveUp(timedOut("could not be connected to", connectTimeoutMs)),
    );
    const settle = () => {
      cancelTimer();
      signal.removeEventListener("abort", onAbort);
    };
    signal.addEventListener("abort", onAbort);
    attempt.connect(url, options).then((socket) => {
      settle();
      resolve(socket);
    }, (thrown) => {
      settle();
      reject(thrown instanceof GatewayError ? thrown : connectFailure(thrown));
    });
  });
}

/** One way to a socket, which may be given up at any step. */
class ConnectAttempt {
  readonly #connectTcp: ConnectTcp;
  readonly #controller = new AbortController();
  #failure: GatewayError | undefined;
  /** What is to be closed when the attempt is given up. */
  #socket: Deno.Conn | undefined;

  constructor(connectTcp: ConnectTcp) {
    this.#connectTcp = connectTcp;
  }

  async connect(url: URL, options: TransportOptions): Promise<Socket> {
    const { unixSocket, clientCertificate } = options;
    if (unixSocket !== undefined) return await this.#openUnix(unixSocket);
    checkHost(url, options);
    const proxy = proxyFor(url, options);
    if (clientCertificate !== undefined && url.protocol === "https:") {
      if (proxy !== undefined) throw certificateBehindProxy();
      return await this.#openCertified(url, options, clientCertificate);
    }
    const tcp = await this.#openTcp(proxy ?? url, proxy === undefined ? "upstream" : "proxy");
    try {
      // Behind a proxy only the proxy knows what a name stands for.
      if (proxy === undefined) checkAddress(url, tcp.remoteAddr.hostname, options);
      if (url.protocol === "http:") return tcp;
      if (proxy !== undefined) await openTunnel(tcp, url, proxy, options);
      return await this.#startTls(tcp, url, options);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  giveUp(failure: GatewayError): void {
    this.#failure = failure;
    this.#controller.abort();
    this.#close();
  }

  async #openTcp(url: URL, peer: "upstream" | "proxy"): Promise<Deno.TcpConn> {
    const { signal } = this.#controller;
    // Deno 2.9 asks once more when there is a connection, and loses it instead of closing it.
    signal.throwIfAborted = () => {};
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    let tcp: Deno.TcpConn;
    try {
      tcp = await this.#connectTcp({ hostname: hostOf(url), port, signal });
    } catch (thrown) {
      throw connectFailure(thrown, peer);
    }
    this.#keep(tcp);
    tcp.setNoDelay(true); // The end of a long request would wait for an acknowledgement.
    return tcp;
  }

  async #openUnix(path: string): Promise<Socket> {
    try {
      const socket = await Deno.connect({ transport: "unix", path });
      this.#keep(socket);
      return socket;
    } catch (thrown) {
      throw connectFailure(thrown);
    }
  }

  /** The runtime shows a certificate only where it opens the connection itself. */
  async #openCertified(
    url: URL,
    options: TransportOptions,
    { certificate, key }: NonNullable<TransportOptions["clientCertificate"]>,
  ): Promise<Deno.TlsConn> {
    const tls = await Deno.connectTls({
      hostname: hostOf(url),
      port: Number(url.port || 443),
      caCerts: options.caCerts,
      alpnProtocols: ["http/1.1"],
      cert: certificate,
      key,
    });
    this.#keep(tls);
    try {
      checkAddress(url, tls.remoteAddr.hostname, options);
      await tls.handshake();
      return tls;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  async #startTls(tcp: Deno.TcpConn, url: URL, options: TransportOptions): Promise<Deno.TlsConn> {
    const tls = await Deno.startTls(tcp, {
      hostname: hostOf(url),
      caCerts: options.caCerts,
      alpnProtocols: ["http/1.1"],
    });
    this.#keep(tls);
    await tls.handshake();
    return tls;
  }

  #keep(socket: Deno.Conn): void {
    this.#socket = socket;
    if (this.#failure === undefined) return;
    this.#close();
    throw this.#failure;
  }

  #close(): void {
    try {
      this.#socket?.close();
    } catch {
      // A failed handshake closed it, or TLS has taken it over.
    }
    this.#socket = undefined;
  }
}

function certificateBehindProxy(): GatewayError {
  return new GatewayError(
    "upstream_unreachable",
    "The upstream cannot be shown a client certificate through a proxy",
    { shouldRetry: false, cause: new Error("List its host in NO_PROXY") },
  );
}

/** An IPv6 address without its brackets. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
