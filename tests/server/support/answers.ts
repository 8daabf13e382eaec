/** Reads what a server sent, as plainly as possible. */

export interface ReadAnswer {
  readonly status: number;
  /** Names in lower case; a repeated one has its values joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** One character a byte. */
  readonly body: string;
}

/** Throws where the text is anything but whole answers, one after the other. */
export function readAnswers(text: string, methods: readonly string[] = []): ReadAnswer[] {
  const answers: ReadAnswer[] = [];
  let rest = text;
  while (rest !== "") {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd === -1) throw new Error(`No answer: ${JSON.stringify(rest.slice(0, 200))}`);
    const [statusLine = "", ...lines] = rest.slice(0, headEnd).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] ([0-9]{3}) /.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) throw new Error(`No status: ${statusLine}`);
    const headers = readHeaders(lines);
    rest = rest.slice(headEnd + 4);
    if (status < 200 && status !== 101) continue;
    const hasBody = methods[answers.length] !== "HEAD" && status !== 204 && status !== 304;
    const [body, length] = hasBody ? readBody(headers, rest) : ["", 0];
    rest = rest.slice(length);
    answers.push({ status, headers, body });
  }
  return answers;
}

function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = /^([^:\s]+): ?(.*)$/.exec(line) ?? [];
    if (name === "") throw new Error(`No header: ${line}`);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** The body, and how many characters it takes. */
function readBody(
  headers: ReadonlyMap<string, string>,
  text: string,
): [body: string, length: number] {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(text);
  const length = headers.get("content-length");
  if (length === undefined) return [text, text.length];
  if (text.length < Number(length)) throw new Error(`A body is short of ${length} bytes`);
  return [text.slice(0, Number(length)), Number(length)];
}

function readChunks(text: string): [body: string, length: number] {
  let body = "";
  let position = 0;
  while (true) {
    const lineEnd = text.indexOf("\r\n", position);
    if (lineEnd === -1) throw new Error("A chunked body breaks off");
    const size = Number.parseInt(text.slice(position, lineEnd), 16);
    position = lineEnd + 2 + size + 2;
    if (text.slice(position - 2, position) !== "\r\n") throw new Error("A chunk has no end");
    if (size === 0) return [body, position];
    body += text.slice(lineEnd + 2, position - 2);
  }
}
