/**
 * One connection over which responses are asked for, one at a time.
 *
 * It remembers the last of them, so that the next can go on from it whether or not it is kept anywhere.
 *
 * @module
 */

import type { ErrorFormat } from "../../../../core/format.ts";
import { retryAfterOf, statusOfOwn } from "../../../error_answer.ts";
import type { CancelTimer } from "../../../../core/clock.ts";
import { GatewayError, toGatewayError } from "../../../../core/gateway_error.ts";
import type { WebSocketConnection } from "../../../../core/http/websocket.ts";
import { type JsonObject, parseJsonObject } from "../../../../core/text/json.ts";
import { CLOSE_CODES } from "../../../openrouter/socket/close_codes.ts";
import { Outbox } from "../../../openrouter/socket/outbox.ts";
import { parseJson } from "../../../request/parse_json.ts";
import type { RequestContext } from "../../../request/request_context.ts";
import { itemsOf } from "../resolve_request.ts";
import type { Opening, ResponseSocketParts } from "./response_socket_parts.ts";
import { SocketAnswer } from "./socket_answer.ts";
import { type AskedResponse, type LastResponse, readCreate } from "./read_create.ts";

/** As the API has it: then a client connects anew. */
const MAX_AGE_MS = 3_600_000;
/** Characters of items that a connection remembers; beyond that a client sends them again. */
const MAX_REMEMBERED_CHARACTERS = 16_777_216;
/** A client that sends nothing but mistakes will not get any better. */
const MAX_ERRORS_IN_A_ROW = 20;

export class ResponseSocket {
  readonly #socket: WebSocketConnection;
  readonly #opening: Opening;
  readonly #parts: () => ResponseSocketParts;
  readonly #onGone: () => void;
  readonly #outbox: Outbox;
  readonly #cancelTimers: readonly CancelTimer[];
  #last: LastResponse | undefined;
  #running: SocketAnswer | undefined;
  #requests = 0;
  #errorsInARow = 0;
  #isStopping = false;
  #isTooOld = false;
  #isEnded = false;

  constructor(
    socket: WebSocketConnection,
    opening: Opening,
    parts: () => ResponseSocketParts,
    onGone: () => void,
  ) {
    this.#socket = socket;
    this.#opening = opening;
    this.#parts = parts;
    this.#onGone = onGone;
    const { options, responses: { clock } } = parts();
    const stalled = (): void =>
      this.#close(CLOSE_CODES.policyViolation, "Too little of what was sent has been read");
    this.#outbox = new Outbox(socket, clock, options, stalled);
    socket.onMessage = (bytes, isText) =>
      this.#take((context) => {
        if (!isText) throw notText();
        if (this.#running !== undefined) throw busy();
        const json = parseJson(bytes, this.#parts().jsonLimits);
        this.#start(readCreate(json, bytes, this.#last), context);
      });
    socket.onOversized = () =>
      this.#take(() => {
        throw tooLarge(options.maxMessageBytes);
      });
    socket.onClose = (code) => this.#end(code);
    this.#cancelTimers = [clock.schedule(MAX_AGE_MS, () => {
      this.#isTooOld = true;
      if (this.#running === undefined) this.#sayTooOld();
    })];
  }

  /** Takes no more requests, and closes when the one that runs has ended. */
  stop(): void {
    this.#isStopping = true;
    if (this.#running === undefined) this.#goAway();
  }

  /** Takes a message, which `begin` makes a response of, or throws why not. */
  #take(begin: (context: RequestContext) => void): void {
    if (this.#isEnded) return;
    if (this.#isTooOld) return this.#sayTooOld();
    const { responses: { clock } } = this.#parts();
    const { context: opened } = this.#opening;
    const id = `${opened.id}-${++this.#requests}`;
    const context: RequestContext = { ...opened, id, arrivedMs: clock.nowMs() };
    try {
      begin(context);
      this.#errorsInARow = 0;
    } catch (thrown) {
      this.#refuse(context, toGatewayError(thrown));
      if (++this.#errorsInARow < MAX_ERRORS_IN_A_ROW) return;
      this.#close(CLOSE_CODES.policyViolation, "Too many messages that are not valid, in a row");
    }
  }

  #start(asked: AskedResponse, context: RequestContext): void {
    const parts = this.#parts();
    const running = new SocketAnswer({
      parts: parts.responses,
      opening: this.#opening,
      outbox: this.#outbox,
      maxEventBytes: parts.maxEventBytes,
      admit: () => parts.admitRequest(context, this.#opening),
      onRefused: (error) => this.#refuse(context, error),
      onFailed: (error) => this.#say(error),
      onEnd: (response) => {
        this.#running = undefined;
        this.#remember(asked, response);
        this.#goOn();
      },
    });
    this.#running = running;
    running.run(asked, context);
  }

  /** Only what has ended well is gone on from, and only what is known whole. */
  #remember({ input, isWhole }: AskedResponse, response: JsonObject | undefined): void {
    const { id, output, status } = response ?? {};
    this.#last = undefined;
    if (typeof id !== "string" || !isWhole || status === "failed") return;
    const items = [...itemsOf(input), ...(Array.isArray(output) ? output : [])];
    if (JSON.stringify(items).length <= MAX_REMEMBERED_CHARACTERS) this.#last = { id, items };
  }

  #goOn(): void {
    if (this.#isStopping) this.#goAway();
    else if (this.#isTooOld) this.#sayTooOld();
  }

  #refuse(context: RequestContext, error: GatewayError): void {
    context.error = error;
    this.#parts().recordRefusal(context, error);
    this.#say(error);
  }

  #say(error: GatewayError): void {
    const { responses: { formats } } = this.#parts();
    this.#outbox.reply(errorText(error, formats.error, this.#opening.context.id));
  }

  #sayTooOld(): void {
    this.#say(
      new GatewayError(
        "invalid_request",
        "A connection may last for 60 minutes; connect again",
        { code: "websocket_connection_limit_reached" },
      ),
    );
    this.#close(CLOSE_CODES.normal, "The connection has lasted for 60 minutes");
  }

  #goAway(): void {
    this.#close(CLOSE_CODES.goingAway, "The gateway is being stopped; connect again");
  }

  /** Closes it from this side. The client may never answer that. */
  #close(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.#end(code);
    this.#socket.close(code, reason);
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const cancel of this.#cancelTimers) cancel();
    this.#running?.cancel();
    this.#outbox.close();
    const { context } = this.#opening;
    const { record, responses: { clock } } = this.#parts();
    const durationMs = clock.nowMs() - context.arrivedMs;
    record({ context, durationMs, requests: this.#requests, closeCode: code });
    this.#onGone();
  }
}

function tooLarge(maxMessageBytes: number): GatewayError {
  return new GatewayError(
    "body_too_large",
    `A message may have ${maxMessageBytes} bytes at most (WS_MAX_MESSAGE_BYTES)`,
  );
}

function notText(): GatewayError {
  return new GatewayError("invalid_request", "A message must be a text that holds JSON");
}

function busy(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "A response is being made on this connection; wait until it is over, or open another one",
    { code: "response_in_progress" },
  );
}

/** A failure as a message, which its clients treat as an answer with that status. */
function errorText(error: GatewayError, format: ErrorFormat, requestId: string): string {
  const { answer, retryAfterMs } = error;
  const own = answer?.format === format.name
    ? parseJsonObject(new TextDecoder().decode(answer.body))
    : undefined;
  const body = own ?? format.encode(error, requestId);
  const status = own === undefined || answer === undefined
    ? format.statusOf?.(error) ?? error.status
    : statusOfOwn(error, answer, format);
  return JSON.stringify({
    type: "error",
    status,
    error: body["error"] ?? body,
    ...(retryAfterMs !== undefined && {
      headers: { "retry-after": retryAfterOf(retryAfterMs) },
    }),
  });
}
