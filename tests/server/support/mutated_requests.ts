/** Requests as somebody would send them who looks for a way around a proxy. */

import type { Random } from "../../../src/core/clock.ts";
import { below } from "../../transport/mutated_responses.ts";

/** What HTTP gives a meaning to, or some reader of it once did. */
const FRAGMENTS = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "\n\n",
  " ",
  "\t",
  "\0",
  "\x0b",
  "\x85",
  "\xa0",
  ":",
  ",",
  ";",
  "0",
  "1",
  "a",
  "0\r\n\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Transfer-Encoding : chunked\r\n",
  " Transfer-Encoding: chunked\r\n",
  "X: y\r\n",
  "Host: other\r\n",
  "Connection: close\r\n",
  "Expect: 100-continue\r\n",
  "POST /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
];

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[below(choices.length, random)] as T; // No caller has an empty list.
}

/** One to three of them on one connection, with up to four mutations. */
export function mutatedRequests(random: Random): string {
  let text = "";
  for (let count = 1 + below(3, random); count > 0; count--) text += validRequest(random);
  for (let count = below(5, random); count > 0; count--) text = mutate(text, random);
  return text;
}

/** Only of methods whose bodies every server hands on. */
function validRequest(random: Random): string {
  const body = "x".repeat(below(40, random));
  const filler = "X-Filler: z\r\n".repeat(below(3, random));
  const head = `POST /${below(1_000, random)} HTTP/1.1\r\nHost: h\r\n${filler}`;
  if (random() < 0.2) return `${head}\r\n`;
  if (random() < 0.5) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  let chunks = "";
  for (let from = 0; from < body.length;) {
    const size = 1 + below(20, random);
    const part = body.slice(from, from + size);
    const extension = random() < 0.2 ? ";a=b" : "";
    chunks += `${part.length.toString(16)}${extension}\r\n${part}\r\n`;
    from += size;
  }
  const trailer = random() < 0.2 ? "X-Trailer: a\r\n" : "";
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n${trailer}\r\n`;
}

function mutate(text: string, random: Random): string {
  const at = below(text.length + 1, random);
  const length = below(pick([2, 8, 40], random), random);
  switch (below(4, random)) {
    case 0:
      return text.slice(0, at) + pick(FRAGMENTS, random) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + String.fromCharCode(below(256, random)) + text.slice(at + 1);
    default: {
      const from = below(text.length + 1, random);
      return text.slice(0, at) + text.slice(from, from + length) + text.slice(at);
    }
  }
}
