/** Writes the head of an answer. */

import type { AnswerHeaders } from "../../core/http/answer_headers.ts";

/** Reasons mean nothing to programs; people read them in traces. */
const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
  508: "Loop Detected",
};

const STATUS_LINES: string[] = [];
for (let status = 100; status < 1_000; status++) {
  STATUS_LINES[status] = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
}

export type BodyFraming = "none" | "chunked" | "until_close" | { readonly lengthBytes: number };

/** Which connection an answer leaves on, in its own words: those of HTTP/1.0 are told that theirs stays. */
export type Persistence = "stays" | "stays_http10" | "closes";

/** The head up to what frames the body. */
export function beginHead(status: number, headers: AnswerHeaders, date: string): string {
  let head = STATUS_LINES[status] ?? `HTTP/1.1 ${status} \r\n`;
  for (let index = 0; index < headers.size; index++) {
    if (!isOwn(headers.nameAt(index))) head += headers.lineAt(index);
  }
  return head + date;
}

/** The rest of it. */
export function endHead(framing: BodyFraming, persistence: Persistence): string {
  let end = "\r\n";
  if (persistence === "closes") end = "connection: close\r\n\r\n";
  else if (persistence === "stays_http10") end = "connection: keep-alive\r\n\r\n";
  if (framing === "none" || framing === "until_close") return end;
  if (framing === "chunked") return "transfer-encoding: chunked\r\n" + end;
  return "content-length: " + framing.lengthBytes + "\r\n" + end;
}

/** The answer that changes the protocol: its `connection` is the new one's affair. */
export function switchingHead(status: number, headers: AnswerHeaders, date: string): string {
  const connection = headers.get("connection") ?? "upgrade";
  return `${beginHead(status, headers, date)}connection: ${connection}\r\n\r\n`;
}

/** Belong to the server, whoever set them. */
function isOwn(name: string): boolean {
  switch (name) {
    case "connection":
    case "content-length":
    case "date":
    case "keep-alive":
    case "transfer-encoding":
      return true;
    default:
      return false;
  }
}

/** The `date` line, made once a second. */
export class DateLine {
  readonly #epochMs: () => number;
  #second = -1;
  #line = "";

  constructor(epochMs: () => number) {
    this.#epochMs = epochMs;
  }

  get line(): string {
    const second = Math.floor(this.#epochMs() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = `date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    }
    return this.#line;
  }
}
