/** The server's end of a WebSocket, as far as it is used here, and how the runtime makes one. */

/** `WebSocket.OPEN`. */
export const OPEN = 1;

export type ServerSocket = Pick<
  WebSocket,
  | "readyState"
  | "bufferedAmount"
  | "send"
  | "close"
  | "onopen"
  | "onmessage"
  | "onerror"
  | "onclose"
>;

export interface UpgradeOptions {
  /** One of those that the client offers. */
  readonly protocol: string | undefined;
  /** A client that is silent for half of it is pinged; one that is silent for all of it is dead. */
  readonly idleTimeoutMs: number;
}

/** Makes a socket of a request that asks for one. Its response must be returned as it is. */
export type Upgrade = (
  request: Request,
  options: UpgradeOptions,
) => { readonly socket: ServerSocket; readonly response: Response };

/** Codes of RFC 6455 that a connection is closed with. */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
} as const;
