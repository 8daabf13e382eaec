/**
 * An answer as it came over the wire, read as strictly as a proxy in front would read it.
 *
 * @module
 */

import { bytesOf } from "../transport/raw_server.ts";

export interface RawAnswer {
  /** 0 where nothing came. */
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** One character a byte, without its framing. */
  readonly body: string;
  /** Whether the body came to the end that its head says. */
  readonly isWhole: boolean;
  /** What came behind it: nothing, where one request has one answer. */
  readonly rest: string;
}

const NONE: RawAnswer = { status: 0, headers: [], body: "", isWhole: false, rest: "" };

/** Throws where it is no HTTP. */
export function readAnswer(wire: string): RawAnswer {
  if (wire === "") return NONE;
  const headEnd = wire.indexOf("\r\n\r\n");
  if (headEnd < 0) throw new Error(`Half a head: ${wire.slice(0, 200)}`);
  const [first = "", ...lines] = wire.slice(0, headEnd).split("\r\n");
  const [, status] = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/.exec(first) ?? [];
  if (status === undefined) throw new Error(`No status line: ${first}`);
  const headers = lines.map((line) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ([\x20-\x7e\x80-\xff\t]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`No header: ${line}`);
    return [name.toLowerCase(), value] as const;
  });
  const payload = wire.slice(headEnd + 4);
  // Whoever only wished to be told to go on is answered twice.
  if (status === "100") return readAnswer(payload);
  return { status: Number(status), headers, ...readBody(payload, headers, status) };
}

function readBody(
  payload: string,
  headers: RawAnswer["headers"],
  status: string,
): Pick<RawAnswer, "body" | "isWhole" | "rest"> {
  const valueOf = (wanted: string) => headers.filter(([name]) => name === wanted);
  const lengths = valueOf("content-length");
  const codings = valueOf("transfer-encoding");
  if (lengths.length + codings.length > 1) throw new Error("The body is framed twice");
  if (status === "204" || status === "304" || status === "101") {
    return { body: "", isWhole: true, rest: status === "101" ? "" : payload };
  }
  if (codings.length > 0) return readChunks(payload);
  const length = Number(lengths[0]?.[1] ?? payload.length);
  return {
    body: payload.slice(0, length),
    isWhole: payload.length >= length,
    rest: payload.slice(length),
  };
}

function readChunks(payload: string): Pick<RawAnswer, "body" | "isWhole" | "rest"> {
  let body = "";
  for (let at = 0;;) {
    const lineEnd = payload.indexOf("\r\n", at);
    if (lineEnd < 0) return { body, isWhole: false, rest: "" };
    const size = payload.slice(at, lineEnd);
    if (!/^[\da-f]+$/i.test(size)) throw new Error(`No size of a chunk: ${size.slice(0, 100)}`);
    const length = parseInt(size, 16);
    const start = lineEnd + 2;
    if (length === 0) {
      const isWhole = payload.startsWith("\r\n", start);
      return { body, isWhole, rest: isWhole ? payload.slice(start + 2) : "" };
    }
    body += payload.slice(start, start + length);
    at = start + length + 2;
    if (at > payload.length) return { body, isWhole: false, rest: "" };
  }
}

/** Whether all of an answer has come, so that there is nothing to wait for; looks at its head and its end alone. */
export function isComplete(wire: string): boolean {
  const headEnd = wire.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const head = wire.slice(0, headEnd + 2).toLowerCase();
  if (head.startsWith("http/1.1 101 ")) return true;
  const [, length] = /\r\ncontent-length: (\d+)\r\n/.exec(head) ?? [];
  if (length !== undefined) return wire.length >= headEnd + 4 + Number(length);
  return head.includes("\r\ntransfer-encoding: chunked\r\n") && wire.endsWith("\r\n0\r\n\r\n");
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The text of bytes; throws where they are no UTF-8. */
export function decoded(body: string): string {
  return utf8.decode(bytesOf(body));
}
