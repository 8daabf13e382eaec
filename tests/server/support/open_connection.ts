/** A connection without a network, on a clock that the test moves. */

import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import type { AnswerSink, HttpAnswer, HttpHandler } from "../../../src/core/http/http.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { MemorySocket } from "./memory_socket.ts";
import { connect } from "./own_server.ts";
import type { CountingOwner, ServerOverrides } from "./own_server.ts";

export const GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
export const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
/** Far more than any chain of promises is long. */
const TURNS = 50;

/** Lets everything happen that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
}

export interface OpenConnection {
  readonly socket: MemorySocket;
  readonly clock: ManualClock;
  readonly owner: CountingOwner;
  /** Resolves when the connection is over. */
  readonly over: Promise<void>;
}

export function open(handler: HttpHandler, overrides: ServerOverrides = {}): OpenConnection {
  const socket = new MemorySocket();
  const clock = new ManualClock();
  const { connection, owner, ticker } = connect(socket, handler, { clock, ...overrides });
  ticker.start();
  const over = connection.run();
  return { socket, clock, owner, over };
}

/** An answer that is written by the test. */
export class OpenAnswer {
  sink: AnswerSink | undefined;
  cancels = 0;
  readonly answer: HttpAnswer;

  constructor(lengthBytes?: number) {
    this.answer = {
      status: 200,
      headers: new AnswerHeaders(),
      body: {
        ...(lengthBytes !== undefined && { lengthBytes }),
        start: (sink) => {
          this.sink = sink;
        },
        cancel: () => {
          this.cancels++;
        },
      },
    };
  }
}
