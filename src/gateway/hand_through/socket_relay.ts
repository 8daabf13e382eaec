/**
 * A WebSocket of a client and one of its provider, put together: messages pass both ways as they come, no faster than
 * the other side takes them, and where one ends, so does the other.
 *
 * @module
 */

import type { GatewayError } from "../../core/gateway_error.ts";
import type { WebSocketConnection } from "../../core/http/websocket.ts";
import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import type { Attempt } from "../tries/attempt.ts";
import type { SocketReadAlong } from "./socket_read_along.ts";

/** Of RFC 6455, section 7.4.1. */
const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  none: 1005,
  abnormal: 1006,
  tooBig: 1009,
  failed: 1011,
};

export interface SocketRelayParts {
  readonly client: WebSocketConnection;
  readonly provider: WebSocketConnection;
  readonly attempt: Attempt;
  readonly along: SocketReadAlong;
  readonly settle: (outcome: Outcome) => void;
}

export class SocketRelay {
  readonly #parts: SocketRelayParts;
  #sentBytes = 0;
  #isStopping = false;
  #isOver = false;

  constructor(parts: SocketRelayParts) {
    this.#parts = parts;
    const { client, provider, attempt } = parts;
    join(client, provider, () => {});
    join(provider, client, (bytes, isText) => this.#passed(bytes, isText));
    client.onOversized = () => this.#tooBig("A message of the client");
    provider.onOversized = () => this.#tooBig("A message of the upstream");
    client.onClose = (code, reason) => this.#clientClosed(code, reason);
    provider.onClose = (code, reason) => this.#providerClosed(code, reason);
    attempt.onAbort = (error) => this.#abort(error);
  }

  /** Closes once no response is being made. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#parts.along.isAnswering) this.#goAway();
  }

  #passed(bytes: Uint8Array, isText: boolean): void {
    const { along } = this.#parts;
    this.#sentBytes += bytes.length;
    if (isText) along.note(bytes);
    if (this.#isStopping && !along.isAnswering) queueMicrotask(() => this.#goAway());
  }

  #clientClosed(code: number, reason: string): void {
    this.#parts.provider.close(sendable(code, CLOSE_CODES.goingAway), reason);
    this.#end(code === CLOSE_CODES.abnormal ? "client_gone" : "complete");
  }

  #providerClosed(code: number, reason: string): void {
    this.#parts.client.close(sendable(code, CLOSE_CODES.failed), reason);
    if (code === CLOSE_CODES.abnormal) {
      this.#end("truncated", "upstream_truncated", "The upstream's connection broke");
    } else if (code > CLOSE_CODES.goingAway && code !== CLOSE_CODES.none) {
      this.#end("upstream_error", `websocket_${code}`, "The upstream closed the connection");
    } else this.#end("complete");
  }

  #tooBig(whose: string): void {
    this.#close(CLOSE_CODES.tooBig, `${whose} is too large`);
    this.#end("refused", "message_too_large", `${whose} is too large (WS_MAX_MESSAGE_BYTES)`);
  }

  #goAway(): void {
    this.#close(CLOSE_CODES.goingAway, "The gateway is being stopped; connect again");
    this.#end("complete");
  }

  #abort({ kind, code, message }: GatewayError): void {
    this.#close(CLOSE_CODES.goingAway, message);
    this.#end(kind === "shutting_down" ? "internal_error" : "timeout", code, message);
  }

  #close(code: number, reason: string): void {
    const { client, provider } = this.#parts;
    client.close(code, reason);
    provider.close(CLOSE_CODES.goingAway, "");
  }

  #end(kind: OutcomeKind, code?: string, reason?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { attempt, along: { usage, model }, settle } = this.#parts;
    attempt.release();
    settle({
      kind,
      status: 101,
      bytes: this.#sentBytes,
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
      ...(usage !== undefined && { usage }),
      ...(model !== undefined && { servedModel: model }),
    });
  }
}

/** What one says the other is told, before anything more is read of it. */
function join(
  from: WebSocketConnection,
  to: WebSocketConnection,
  onPassed: (bytes: Uint8Array, isText: boolean) => void,
): void {
  from.onMessage = (bytes, isText) => {
    const sent = isText ? to.sendText(bytes) : to.send(bytes);
    onPassed(bytes, isText);
    return sent;
  };
}

/** A code that stands for an end without one is never sent. */
function sendable(code: number, abnormal: number): number {
  if (code === CLOSE_CODES.none) return CLOSE_CODES.normal;
  return code === CLOSE_CODES.abnormal ? abnormal : code;
}
