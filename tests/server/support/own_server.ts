/** The parts of a server, with what tests have in the place of the rest of the program. */

import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { GatewayError, toGatewayError } from "../../../src/core/gateway_error.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../../../src/core/http/http.ts";
import { DateLine } from "../../../src/server/answer/answer_head.ts";
import { OutputBuffers } from "../../../src/bytes/output_buffers.ts";
import { ClientConnection } from "../../../src/server/connection.ts";
import { createHttpServer } from "../../../src/server/http_server.ts";
import type { HttpServer, HttpServerParts } from "../../../src/server/http_server.ts";
import { httpServerOptions } from "../../../src/server/server_options.ts";
import type { HttpServerOptions } from "../../../src/server/server_options.ts";
import type { ConnectionOwner, TextAnswer } from "../../../src/server/server_parts.ts";
import { Ticker } from "../../../src/server/ticker.ts";
import type { ClientSocket } from "../../../src/server/socket.ts";
import { realClock } from "../../support/real_clock.ts";

export type ServerOverrides = Partial<HttpServerParts> & {
  readonly options?: Partial<HttpServerOptions>;
};

/** A server on loopback. */
export function openServer(
  handler: HttpHandler,
  { options, ...parts }: ServerOverrides = {},
): { readonly server: HttpServer; readonly port: number } {
  const server = createHttpServer(httpServerOptions.parse(options ?? {}), handler, {
    ...standIns(realClock),
    ...parts,
  });
  const { port } = server.listen({
    kind: "tcp",
    hostname: "127.0.0.1",
    port: 0,
    reusePort: false,
  });
  return { server, port };
}

export interface Connected {
  readonly connection: ClientConnection;
  readonly owner: CountingOwner;
  readonly ticker: Ticker;
}

/** One connection by itself, and the clock's steps for it. */
export function connect(
  socket: ClientSocket,
  handler: HttpHandler,
  { options, clock = realClock, ...parts }: ServerOverrides = {},
): Connected {
  const owner = new CountingOwner();
  const ticker = new Ticker(clock, 2_000, (now) => connection.look(now));
  const given = httpServerOptions.parse(options ?? {});
  const connection = new ClientConnection(
    socket,
    { isSecure: false, address: "192.0.2.1" },
    owner,
    {
      ...standIns(clock),
      ...parts,
      options: given,
      handler,
      date: new DateLine(() => 0),
      buffers: new OutputBuffers(),
      ticker,
    },
  );
  return { connection, owner, ticker };
}

export class CountingOwner implements ConnectionOwner {
  isDraining = false;
  exchanges = 0;
  hasClosed = false;

  exchangeBegan(): void {
    this.exchanges++;
  }

  exchangeEnded(): void {
    this.exchanges--;
  }

  connectionClosed(): void {
    this.hasClosed = true;
  }
}

function standIns(clock: Clock): HttpServerParts {
  return {
    clock,
    refuse: refusal,
    reportBug: (thrown) => {
      throw thrown;
    },
    openWebSocket: () => {
      throw new GatewayError("invalid_request", "There are no WebSockets in this test");
    },
    listenerFailed: () => {},
    listensAgain: () => {},
  };
}

export function refusal(failure: GatewayError): TextAnswer {
  const { status, message, type, code } = failure;
  return text(JSON.stringify({ error: { message, type, code } }), status);
}

export function text(body: string, status = 200): TextAnswer {
  return { status, headers: new AnswerHeaders([["content-type", "text/plain"]]), body };
}

/** Tells what it was asked, as `seen` of the vectors does. */
export function echo(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const { body } = request;
  const whole = body?.takeWhole();
  if (body === null || whole !== undefined) return told(request, whole);
  return readAll({ body }).then((read) => told(request, read), (thrown) => {
    return refusal(toGatewayError(thrown));
  });
}

function told(request: HttpRequest, body: Uint8Array | undefined): HttpAnswer {
  const { method, target, host } = request;
  const read = body === undefined ? "" : new TextDecoder().decode(body);
  return text(`${method} ${target} ${host} ${read}`);
}

/** The whole body. Rejects as its `read` does. */
export async function readAll({ body }: Pick<HttpRequest, "body">): Promise<Uint8Array> {
  let whole = new Uint8Array(0);
  while (true) {
    const part = await body?.read() ?? null;
    if (part === null) return whole;
    const longer = new Uint8Array(whole.length + part.length);
    longer.set(whole);
    longer.set(part, whole.length);
    whole = longer;
  }
}
