/** Header fields: their form, the ends of lines, and bounds. */

import { get, seen, vectors } from "./vector.ts";

const SEEN = seen("GET", "/");

export const FIELDS = vectors("field", [
  ["a name of all token characters", get("x!#$%&'*+-.^_`|~9: a"), SEEN],
  ["an empty value", get("X-A:"), SEEN],
  ["a value of spaces", get("X-A:   "), SEEN],
  ["a tab in a value", get("X-A: a\tb"), SEEN],
  ["a colon in a value", get("X-A: a:b"), SEEN],
  ["Latin-1 in a value", get("X-A: caf\xe9"), SEEN],
  ["UTF-8 in a value", get("X-A: caf\xc3\xa9"), SEEN],
  ["the same name twice", get("X-A: a", "x-a: b"), SEEN],
  ["a space before the colon", get("X-A : a"), 400],
  ["a tab before the colon", get("X-A\t: a"), 400],
  ["a space within the name", get("X A: a"), 400],
  ["a space before the name", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400],
  ["no colon", get("X-A"), 400],
  ["a colon in the next line", get("X-A", "X-B: b"), 400],
  ["no name", get(": a"), 400],
  ["a name beyond ASCII", get("X-\xc4: a"), 400],
  ["a name in brackets", get("(X-A): a"), 400],
  ["a name with a comma", get("X,A: a"), 400],
  ["a name with a slash", get("X/A: a"), 400],
  ["a name in quotes", get('"X-A": a'), 400],
  ["a value that is folded", get("X-A: a", " b"), 400],
  ["a value that is folded with a tab", get("X-A: a", "\tb"), 400],
  ["a line of spaces", get("X-A: a", "   "), 400],
  ["a fold that looks like a field", get("X-A: a", " Content-Length: 5"), 400],
  ["NUL in a value", get("X-A: a\0b"), 400],
  ["NUL in a name", get("X\0A: a"), 400],
  ["BEL in a value", get("X-A: a\x07b"), 400],
  ["ESC in a value", get("X-A: \x1b[31m"), 400],
  ["DEL in a value", get("X-A: a\x7f"), 400],
  ["a vertical tab in a value", get("X-A: a\x0bb"), 400],
  ["128 fields", get(...Array.from({ length: 127 }, (_, index) => `X-${index}: a`)), SEEN],
  ["129 fields", get(...Array.from({ length: 128 }, (_, index) => `X-${index}: a`)), 431],
  ["129 fields of one name", get(...Array.from({ length: 128 }, () => "X-A: a")), 431],
  ["a head of 32,768 bytes", headOf(32_768), SEEN],
  ["a head of 32,769 bytes", headOf(32_769), 431],
  ["a field without end", `GET / HTTP/1.1\r\nHost: h\r\nX-A: ${"a".repeat(40_000)}`, 431],
  ["a name without end", `GET / HTTP/1.1\r\nHost: h\r\n${"a".repeat(40_000)}`, 431],
]);

export const LINE_ENDS = vectors("line end", [
  ["LF alone everywhere", "GET / HTTP/1.1\nHost: h\n\n", 400],
  ["LF alone after the first line", "GET / HTTP/1.1\nHost: h\r\n\r\n", 400],
  ["LF alone after a field", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400],
  ["LF alone as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400],
  ["CR alone after the first line", "GET / HTTP/1.1\rHost: h\r\n\r\n", 400],
  ["CR alone after a field", "GET / HTTP/1.1\r\nHost: h\rX-A: a\r\n\r\n", 400],
  ["CR alone as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\rX", 400],
  ["CR CR LF", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400],
  ["LF CR", "GET / HTTP/1.1\n\rHost: h\n\r\n\r", 400],
  ["CR in a value", get("X-A: a\rb"), 400],
  ["CR at the begin of a value", get("X-A: \ra"), 400],
  ["LF in a value", get("X-A: a\nX-B: b"), 400],
  ["a field smuggled behind LF", get("X-A: a\nContent-Length: 5"), 400],
  ["a request smuggled behind LF LF", get("X-A: a\n\nGET /admin HTTP/1.1"), 400],
  ["CR before the colon", get("X-A\r: a"), 400],
  ["NEL is no line end", get("X-A: a\x85X-B: b"), SEEN],
]);

/** A request whose head has that many bytes. */
function headOf(length: number): string {
  const rest = length - get("X-A: ").length;
  return get(`X-A: ${"a".repeat(rest)}`);
}
