/** The server's end of a WebSocket, as far as it is used here, and how the runtime makes one. */

import type { HttpAnswer, HttpRequest, UpgradeOptions } from "../../../core/http.ts";

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

/** Makes a socket of a request that asks for one. Its answer must be returned as it is. */
export type Upgrade = (
  request: HttpRequest,
  options: Omit<UpgradeOptions, "maxMessageBytes" | "maxBufferedBytes">,
) => { readonly socket: ServerSocket; readonly answer: HttpAnswer };

/** Codes of RFC 6455 that a connection is closed with. */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
} as const;
