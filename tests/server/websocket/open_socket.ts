/**
 * A WebSocket whose connection is in the hand of a test.
 *
 * @module
 */

import type { UpgradeOptions } from "../../../src/core/http/websocket.ts";
import { FramedSocket } from "../../../src/framing/websocket/framed_socket.ts";
import { clientFrame, type FrameParts, join } from "../../support/websocket_frames.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { FakeConnection } from "./fake_connection.ts";

const [TEXT, CLOSE] = [1, 8] as const;
export const IDLE_MS = 10_000;

export const OPTIONS: UpgradeOptions = {
  protocol: undefined,
  idleTimeoutMs: IDLE_MS,
  maxMessageBytes: 1_000_000,
  maxBufferedBytes: 1_000,
};

/** An open WebSocket, its client and what became of it. */
export interface Opened {
  readonly clock: ManualClock;
  readonly socket: FramedSocket;
  readonly connection: FakeConnection;
  /** Messages, and `"oversized"`. */
  readonly received: unknown[];
  readonly closes: readonly (readonly [code: number, reason: string])[];
  /** Frames of the client that come in one piece. */
  readonly receive: (...frames: readonly FrameParts[]) => Promise<void> | undefined;
}

export function open(): Opened {
  const clock = new ManualClock();
  const socket = new FramedSocket(OPTIONS, clock);
  const received: unknown[] = [];
  const closes: (readonly [code: number, reason: string])[] = [];
  socket.onMessage = (bytes, isText) => {
    received.push(isText ? new TextDecoder().decode(bytes) : bytes);
  };
  socket.onOversized = () => void received.push("oversized");
  socket.onClose = (code, reason) => void closes.push([code, reason]);
  const connection = new FakeConnection(socket);
  socket.begin(connection);
  const receive: Opened["receive"] = (...frames) =>
    socket.receive(join(...frames.map(clientFrame)));
  return { clock, socket, connection, received, closes, receive };
}

export function closeFrame(code: number, reason = ""): FrameParts {
  const payload = join(Uint8Array.of(code >> 8, code & 255), new TextEncoder().encode(reason));
  return { opcode: CLOSE, payload };
}

export const text = (payload: string): FrameParts => ({ opcode: TEXT, payload });

/** Lets everything happen that waits for nothing outside. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
