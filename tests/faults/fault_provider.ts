/**
 * A provider that fails on demand, on a raw socket: every request names its fault and its cell.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { jsonAnswer, type ProviderWords } from "./words/pieces.ts";
import { CHAT_WORDS } from "./words/chat.ts";
import { COMPLETIONS_WORDS } from "./words/completions.ts";
import { CONVERSE_WORDS } from "./words/converse.ts";
import type { FaultScript, Step } from "./fault_script.ts";
import { FAULT_SCRIPTS } from "./fault_scripts.ts";
import { GEMINI_WORDS } from "./words/gemini.ts";
import { MESSAGES_WORDS } from "./words/messages.ts";
import { OLLAMA_WORDS } from "./words/ollama.ts";
import { RESPONSES_WORDS } from "./words/responses.ts";
import { TEXT_WORDS } from "./words/text.ts";

/** How the connection of a try ended: by the script, or by the other side before it. */
export type TryEnd = "done" | "cancelled";

export interface FaultProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** Ends of the tries of one cell, in order. */
  endsOf(id: string): readonly TryEnd[];
  /** Resolves when the cell's upstream has sent what comes before a client leaves. */
  reached(id: string): Promise<void>;
  /** Resolves when every try of the cell that has begun has ended. */
  ended(id: string): Promise<void>;
  /** Tries of all cells that have begun and not ended. */
  open(): number;
  /** Nobody will ask for the cell any more. */
  forget(id: string): void;
}

/** The model that has no faults. */
export const HEALTHY_MODEL = "healthy";

/** What a request's body must hold for the fault of `name`. */
export function promptOf(name: string, id: string): string {
  return `fault=${name};id=${id};`;
}

/** Of what a healthy target does for the same cell. */
function healthyIdOf(id: string): string {
  return `${HEALTHY_MODEL}-${id}`;
}

interface Cell {
  tries: number;
  open: number;
  readonly ends: TryEnd[];
  readonly reached: PromiseWithResolvers<void>;
  waiting: (() => void)[];
}

const MODELS = JSON.stringify({ object: "list", data: [{ id: "m", object: "model" }] });
const DRIP_CHARACTERS = 11;
/** Fewer than any body has, so that what is read for a head leaves the body's last byte where it is. */
const HEAD_READ_BYTES = 64;

/**
 * @param isHealthy It answers every request as it should, whatever fault that names.
 * @param scripts What it does, by the name of the fault.
 */
export function startFaultProvider(
  isHealthy = false,
  scripts: Readonly<Record<string, FaultScript>> = FAULT_SCRIPTS,
): FaultProvider {
  const scriptOf = (name: string): FaultScript | undefined => scripts[isHealthy ? "none" : name];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cells = new Map<string, Cell>();
  let open = 0;
  const countOpen = (change: 1 | -1): void => void (open += change);
  const connections = new Set<Deno.Conn>();
  const cellOf = (id: string): Cell => {
    const known = cells.get(id);
    if (known !== undefined) return known;
    const cell = {
      tries: 0,
      open: 0,
      ends: [],
      reached: Promise.withResolvers<void>(),
      waiting: [],
    };
    cells.set(id, cell);
    return cell;
  };
  const accept = async (): Promise<void> => {
    for await (const connection of listener) {
      connections.add(connection);
      serve(connection, cellOf, scriptOf, countOpen).catch(() => {}).finally(() => {
        connections.delete(connection);
        close(connection);
      });
    }
  };
  const accepting = accept().catch(() => {});
  return {
    baseUrl: `http://127.0.0.1:${listener.addr.port}/v1`,
    endsOf: (id) => cellOf(id).ends,
    reached: (id) => cellOf(id).reached.promise,
    open: () => open,
    forget: (id) => {
      cells.delete(id);
      cells.delete(healthyIdOf(id));
    },
    ended: async (id) => {
      const cell = cellOf(id);
      while (cell.open > 0) await new Promise<void>((resolve) => cell.waiting.push(resolve));
    },
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const connection of connections) close(connection);
      await accepting;
    },
  };
}

async function serve(
  connection: Deno.Conn,
  cellOf: (id: string) => Cell,
  scriptOf: (name: string) => FaultScript | undefined,
  countOpen: (change: 1 | -1) => void,
): Promise<void> {
  for (;;) {
    const request = await readRequest(connection);
    if (request === undefined) return;
    const [, name, id] = /fault=(\w+);id=([\w-]+);/.exec(request) ?? [];
    if (name === undefined || id === undefined) {
      await readLastByte(connection, request);
      await write(connection, jsonAnswer(MODELS));
      continue;
    }
    const isHealthy = request.includes(`"model":"${HEALTHY_MODEL}"`);
    // What becomes of a healthy target is no part of the cell.
    const cell = cellOf(isHealthy ? healthyIdOf(id) : id);
    cell.tries++;
    cell.open++;
    countOpen(1);
    const script = scriptOf(isHealthy ? "none" : name);
    // Whatever it is asked in, it answers in.
    const words = wordsFor(request);
    const wantsStream = words === TEXT_WORDS || STREAM_WANTED.test(request);
    const pieces = wantsStream ? words.stream : words.json;
    const steps = script?.steps({ ...pieces, words, wantsStream, tries: cell.tries }) ?? [];
    let end: TryEnd = "cancelled";
    try {
      // A connection that is closed with a byte unread is reset.
      const isReset = steps.some((step) =>
        typeof step === "object" && "close" in step && step.close === "rst"
      );
      if (!isReset) await readLastByte(connection, request);
      end = await play(connection, steps, cell);
    } finally {
      cell.ends.push(end);
      cell.open--;
      countOpen(-1);
      cell.reached.resolve();
      for (const wake of cell.waiting.splice(0)) wake();
    }
    if (steps.some(endsConnection)) return;
  }
}

const STREAM_WANTED = /"stream":\s*true|^POST \S+(?::streamGenerateContent|\/converse-stream )/;

function wordsFor(request: string): ProviderWords {
  if (request.startsWith("POST /model/")) return CONVERSE_WORDS;
  if (request.startsWith("POST /api/")) return OLLAMA_WORDS;
  if (request.startsWith("POST /v1/models/")) return GEMINI_WORDS;
  if (request.startsWith("POST /v1/api/chat ")) return TEXT_WORDS;
  if (request.startsWith("POST /v1/responses ")) return RESPONSES_WORDS;
  if (request.startsWith("POST /v1/completions ")) return COMPLETIONS_WORDS;
  return request.startsWith("POST /v1/messages") ? MESSAGES_WORDS : CHAT_WORDS;
}

/** A connection that has served its answer whole is kept, as the other side takes it to be. */
function endsConnection(step: Step): boolean {
  return typeof step === "object" && !("drip" in step) && !("pauseMs" in step);
}

async function play(connection: Deno.Conn, steps: readonly Step[], cell: Cell): Promise<TryEnd> {
  for (const step of steps) {
    if (typeof step === "string") {
      await write(connection, step);
    } else if ("drip" in step) {
      for (let index = 0; index < step.drip.length; index += DRIP_CHARACTERS) {
        await write(connection, step.drip.slice(index, index + DRIP_CHARACTERS));
        // Each write leaves as a packet of its own.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } else if ("close" in step) {
      close(connection);
    } else {
      cell.reached.resolve();
      if ("pauseMs" in step) {
        await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
        continue;
      }
      if ("stall" in step) {
        await untilClosed(connection);
        return "cancelled";
      }
      await connection.closeWrite();
      await untilClosed(connection).catch(() => {});
    }
  }
  return "done";
}

const HEAD_END = "\r\n\r\n";

/** The head and the body but for its last byte; `undefined` at the end of the connection. */
async function readRequest(connection: Deno.Conn): Promise<string | undefined> {
  let text = "";
  const some = new Uint8Array(HEAD_READ_BYTES);
  let bodyStart = -1;
  while (bodyStart === -1) {
    const read = await connection.read(some);
    if (read === null) return undefined;
    text += String.fromCharCode(...some.subarray(0, read));
    bodyStart = text.indexOf(HEAD_END);
  }
  const begun = text.length - bodyStart - HEAD_END.length;
  const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
  const body = new Uint8Array(Math.max(0, length - 1 - begun));
  for (let offset = 0; offset < body.length;) {
    const read = await connection.read(body.subarray(offset));
    if (read === null) return undefined;
    offset += read;
  }
  return text + new TextDecoder().decode(body);
}

async function readLastByte(connection: Deno.Conn, request: string): Promise<void> {
  if (/^content-length: [1-9]/im.test(request)) await connection.read(new Uint8Array(1));
}

/** Each character is a byte: all that is said is ASCII, or frames of bytes. */
async function write(connection: Deno.Conn, text: string): Promise<void> {
  let bytes: Uint8Array = Buffer.from(text, "latin1");
  while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
}

async function untilClosed(connection: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(1_024);
  while (await connection.read(bytes) !== null);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}
