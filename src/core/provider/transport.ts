/**
 * How a request reaches an upstream and how its answer comes back.
 *
 * Not `fetch`'s types: a body that the runtime pipes by itself can be neither cut off, timed
 * nor counted, and one read through its reader is slow (src/README.md, D5).
 *
 * @module
 */

import type { UpgradeOptions, WebSocketConnection } from "../http/websocket.ts";
import type { Signal } from "../http/signal.ts";
import type { Clock } from "../clock.ts";

/** A body being received. One reader; `read` is not called again before it has settled. */
export interface ByteSource {
  /**
   * The next bytes, never empty, or `null` after the last. Bytes belong to the caller.
   *
   * Rejects with `GatewayError`; that of an upstream's body with `upstream_truncated` when the
   * connection ended too early, `upstream_invalid_response` when its framing is broken,
   * `upstream_timeout`.
   */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * All that is still to be read, where it has arrived whole: it then counts as read. `undefined` where it must
   * be waited for. Most bodies come with their heads, and cost no promise and no timer this way.
   */
  takeWhole?(): Uint8Array<ArrayBuffer> | undefined;
  /** Gives the rest up, and the connection with it where it cannot be used again. Never throws. */
  cancel(): void;
}

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Headers of an answer, names in lower case; a repeated one has its values joined by commas. */
export interface HeaderReader extends Iterable<[name: string, value: string]> {
  get(name: string): string | null;
}

/** A body that is sent while it arrives. It is read once, and a request with one is never sent again. */
export interface StreamedBody {
  /** Cancelled when the exchange ends before it was read to its end; a read under way then settles. */
  readonly source: ByteSource;
  /** Where it is known; a source that brings more or fewer bytes fails the exchange. */
  readonly lengthBytes?: number;
}

/** A WebSocket as it is asked for. */
export interface WebSocketWish extends Omit<UpgradeOptions, "protocol"> {
  /** Subprotocols that are offered; the one that was chosen is in the answer's headers. */
  readonly protocols: readonly string[];
}

/** A WebSocket that a provider has agreed to. */
export interface ProviderWebSocket {
  readonly socket: WebSocketConnection;
  /** Begins to receive; the handlers are set by then. */
  readonly start: () => void;
}

/** A request to an upstream, described and not yet sent. */
export interface ProviderRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; framing headers and `host` are the transport's own. */
  readonly headers: HeaderList;
  readonly body?: Uint8Array<ArrayBuffer> | StreamedBody;
  /** Makes a WebSocket of the connection, where the provider agrees; it then answers with status 101. */
  readonly webSocket?: WebSocketWish;
  /** Told when it is sent once more, since the connection it was sent on had been closed before. */
  readonly onResend?: () => void;
  /** Who it is sent as, where that is decided or computed when it is sent. */
  readonly credentials?: Credentials;
}

export interface ProviderResponse {
  readonly status: number;
  /** Hop-by-hop and framing headers are taken out, `content-encoding` only where it was undone. */
  readonly headers: HeaderReader;
  /** The length its body has, or would have were it not an answer to HEAD, where that is stated. */
  readonly lengthBytes?: number;
  readonly body: ByteSource;
  /** Of an answer of status 101; whoever does not start it cancels the body. */
  readonly webSocket?: ProviderWebSocket;
}

/**
 * Sends one attempt and resolves with its headers.
 *
 * Rejects with `GatewayError`: `upstream_unreachable`, `upstream_timeout`,
 * `upstream_truncated`, `upstream_invalid_response`; when `signal` aborts, with its reason if that
 * is a `GatewayError`, else `client_closed`. An abort after the headers ends the body as well.
 * A streamed request body that fails fails the exchange: with its own `GatewayError`,
 * `invalid_request` where its length is wrong, `request_timeout` where it stalls.
 */
export type Transport = (
  request: ProviderRequest,
  signal: Signal,
) => Promise<ProviderResponse>;

/** What credentials may use of the process. */
export interface CredentialMeans {
  readonly clock: Clock;
  /** Sends requests to those who issue credentials, clouds' metadata services among them. */
  readonly send: Transport;
  /** Reads a small file of text; `~/` at its beginning is the home directory. Rejects where it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** What was fetched is masked from then on, wherever it should be repeated. */
  readonly keepSecret: (secret: string) => void;
}

export interface AuthorizedRequest {
  readonly request: ProviderRequest;
  /**
   * Told what it was answered with, so that what was refused is not used again. `true` where others may be
   * accepted, so that it is sent once more with them.
   */
  readonly answered?: (status: number, headers: HeaderReader) => boolean;
}

/** Who a provider is asked as. */
export interface Credentials {
  /**
   * Called for every try. Rejects with `GatewayError` `upstream_auth_failed` where there are none to be had,
   * and with the signal's reason where it aborts.
   */
  authorize(
    request: ProviderRequest,
    means: CredentialMeans,
    signal: Signal,
  ): AuthorizedRequest | Promise<AuthorizedRequest>;
}
