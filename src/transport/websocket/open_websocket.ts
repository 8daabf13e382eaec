/**
 * Opens a WebSocket to a provider: the handshake, on a connection of its own.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.1}
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Signal } from "../../core/http/signal.ts";
import type {
  ProviderRequest,
  ProviderResponse,
  WebSocketWish,
} from "../../core/provider/transport.ts";
import type { OutputBuffers } from "../../bytes/output_buffers.ts";
import { HeaderBlock } from "../../framing/http1/header_block.ts";
import { FramedSocket } from "../../framing/websocket/framed_socket.ts";
import type { Connection } from "../connection.ts";
import type { ConnectionPool } from "../connection_pool.ts";
import { abortReason, closedBeforeHeaders, invalidResponse, timedOut } from "../failures.ts";
import { incomingHeaders } from "../headers.ts";
import { encodeRequest } from "../request_encoder.ts";
import { parseResponseHead, type ResponseHead } from "../response/response_head.ts";
import type { TransportOptions } from "../transport_options.ts";
import { ProviderConnection } from "./provider_connection.ts";
import { RefusalBody } from "./refusal_body.ts";

/** Fills them so that nobody can foretell them. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

interface WebSocketContext {
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly options: TransportOptions;
  readonly buffers: OutputBuffers;
  readonly randomBytes: RandomBytes;
}

/** Of RFC 6455: whoever answers with its hash has understood that a WebSocket is asked for. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 16;
const MAX_INTERIM_ANSWERS = 16;

/** An answer other than 101 is handed on as it is. Rejects as a transport does. */
export async function openWebSocket(
  request: ProviderRequest,
  wish: WebSocketWish,
  signal: Signal,
  context: WebSocketContext,
): Promise<ProviderResponse> {
  const { pool, clock, options: { headersTimeoutMs } } = context;
  const connection = await pool.connect(request.url, signal);
  let failure: unknown;
  const giveUp = (reason: unknown): void => {
    failure ??= reason;
    connection.close();
  };
  const onAbort = (): void => giveUp(abortReason(signal));
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const cancelTimer = clock.schedule(
    headersTimeoutMs,
    () => giveUp(timedOut("sent no answer", headersTimeoutMs)),
  );
  try {
    return await shakeHands(request, wish, connection, context);
  } catch (thrown) {
    pool.discard(connection);
    throw failure ?? thrown;
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", onAbort);
  }
}

async function shakeHands(
  request: ProviderRequest,
  wish: WebSocketWish,
  connection: Connection,
  context: WebSocketContext,
): Promise<ProviderResponse> {
  const { pool, clock, options, buffers, randomBytes } = context;
  const key = makeKey(randomBytes);
  const { protocols } = wish;
  const { message } = encodeRequest(
    request,
    buffers,
    "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n" +
      `sec-websocket-key: ${key}\r\n` +
      (protocols.length === 0 ? "" : `sec-websocket-protocol: ${protocols.join(", ")}\r\n`),
  );
  await write(connection, message);
  const { head, headBytes, rest } = await readHead(connection, options);
  const { status, fields, lengthBytes } = head;
  const headers = incomingHeaders(fields);
  const close = (): void => pool.discard(connection);
  if (status !== 101) {
    const body = new RefusalBody(connection, options, close);
    body.begin(headBytes, rest);
    return { status, headers, body, ...(lengthBytes !== undefined && { lengthBytes }) };
  }
  const accepted = createHash("sha1").update(key + KEY_SUFFIX).digest("base64");
  if (headers.get("sec-websocket-accept") !== accepted) {
    throw invalidResponse("it switches to a WebSocket that nobody asked for");
  }
  const chosen = headers.get("sec-websocket-protocol");
  if (chosen !== null && !wish.protocols.includes(chosen)) {
    throw invalidResponse("it chooses a subprotocol that was not offered");
  }
  if (headers.get("sec-websocket-extensions") !== null) {
    throw invalidResponse("it uses an extension that was not offered");
  }
  const mask = new Uint8Array(4);
  const words = new DataView(mask.buffer);
  const socket = new FramedSocket(wish, clock, () => {
    randomBytes(mask);
    return words.getInt32(0);
  });
  const provider = new ProviderConnection(connection, socket, close);
  return {
    status,
    headers,
    body: { read: () => Promise.resolve(null), cancel: () => provider.close() },
    webSocket: { socket, start: () => provider.start(rest) },
  };
}

function makeKey(randomBytes: RandomBytes): string {
  const bytes = new Uint8Array(KEY_BYTES);
  randomBytes(bytes);
  return Buffer.from(bytes).toString("base64");
}

async function write(connection: Connection, message: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await connection.write(message);
  } catch (thrown) {
    throw closedBeforeHeaders(thrown);
  }
}

interface ReadHead {
  readonly head: ResponseHead;
  readonly headBytes: Uint8Array<ArrayBuffer>;
  /** What came behind it. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

async function readHead(connection: Connection, options: TransportOptions): Promise<ReadHead> {
  let block = new HeaderBlock(options.maxHeaderBytes, invalidResponse);
  for (let interim = 0; interim <= MAX_INTERIM_ANSWERS;) {
    const bytes = await receive(connection);
    for (let position = 0; position < bytes.length;) {
      position = block.push(bytes, position);
      if (!block.isComplete) continue;
      const head = parseResponseHead(block.text, "GET", options.maxHeaders);
      if (head.status === 101 || head.status >= 200) {
        const headBytes = Uint8Array.from(Buffer.from(block.text, "latin1"));
        return { head, headBytes, rest: bytes.slice(position) };
      }
      interim += 1;
      block = new HeaderBlock(options.maxHeaderBytes, invalidResponse);
    }
  }
  throw invalidResponse(`more than ${MAX_INTERIM_ANSWERS} interim answers came before it`);
}

async function receive(connection: Connection): Promise<Uint8Array<ArrayBuffer>> {
  let count: number | null;
  try {
    count = await connection.receive();
  } catch (thrown) {
    throw closedBeforeHeaders(thrown);
  }
  if (count === null) throw closedBeforeHeaders();
  return connection.received(count);
}
