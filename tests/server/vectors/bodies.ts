/** Where a body ends: lengths, transfer encodings, chunks and trailers. */

import { post, seen, vectors } from "./vector.ts";

const HI = seen("POST", "/", "hi");
const EMPTY = seen("POST", "/");

function withLength(length: string, body = "hi"): string {
  return `${post(`Content-Length: ${length}`)}\r\n\r\n${body}`;
}

export const LENGTHS = vectors("length", [
  ["of the body", withLength("2"), HI],
  ["0", withLength("0", ""), EMPTY],
  ["with zeros before it", withLength("0002"), HI],
  ["none means no body", post() + "\r\n\r\n", EMPTY],
  ["of a GET", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", seen("GET", "/", "hi")],
  [
    "of HTTP/1.0",
    "POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
    HI,
  ],
  ["spaces around it", post("Content-Length: \t2 ") + "\r\n\r\nhi", HI],
  ["twice the same", post("Content-Length: 2", "Content-Length: 2") + "\r\n\r\nhi", 400],
  ["two that differ", post("Content-Length: 2", "Content-Length: 3") + "\r\n\r\nhi", 400],
  ["a list of the same", withLength("2, 2"), 400],
  ["a list that differs", withLength("2, 3"), 400],
  ["a list with an empty part", withLength("2,"), 400],
  ["with a plus", withLength("+2"), 400],
  ["with a minus", withLength("-2"), 400],
  ["minus zero", withLength("-0", ""), 400],
  ["in hexadecimal", withLength("0x2"), 400],
  ["in other letters", withLength("2a"), 400],
  ["a fraction", withLength("2.0"), 400],
  ["an exponent", withLength("2e0"), 400],
  ["with a space within", withLength("2 2"), 400],
  ["with an underscore", withLength("1_0"), 400],
  ["in quotes", withLength('"2"'), 400],
  ["empty", withLength(""), 400],
  ["a digit of another script", withLength("\xb2"), 400],
  ["of 2^53", withLength("9007199254740993"), 400],
  ["of 2^64 + 2", withLength("18446744073709551618"), 400],
  ["with a name in capitals", post("CONTENT-LENGTH: 2") + "\r\n\r\nhi", HI],
  ["with a space before the colon", post("Content-Length : 2") + "\r\n\r\nhi", 400],
  [
    "with an underscore in the name is another field",
    post("Content_Length: 2", "Content-Length: 0") + "\r\n\r\n",
    EMPTY,
  ],
  [
    "a request behind the body is the next one",
    withLength("2") + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
    [HI, seen("GET", "/b")],
  ],
  ["CR LF behind the body", withLength("2") + "\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", [
    HI,
    seen("GET", "/b"),
  ]],
]);

function coded(...lines: readonly string[]): string {
  return `${post(...lines)}\r\n\r\n2\r\nhi\r\n0\r\n\r\n`;
}

export const CODINGS = vectors("transfer encoding", [
  ["chunked", coded("Transfer-Encoding: chunked"), HI],
  ["in capitals", coded("TRANSFER-ENCODING: Chunked"), HI],
  ["with a length", coded("Transfer-Encoding: chunked", "Content-Length: 2"), 400],
  ["with a length before it", coded("Content-Length: 11", "Transfer-Encoding: chunked"), 400],
  ["with a length of 0", coded("Content-Length: 0", "Transfer-Encoding: chunked"), 400],
  [
    "of HTTP/1.0",
    "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    400,
  ],
  ["twice", coded("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400],
  ["twice in one field", coded("Transfer-Encoding: chunked, chunked"), 400],
  ["identity", coded("Transfer-Encoding: identity"), 400],
  [
    "identity and a length",
    post("Transfer-Encoding: identity", "Content-Length: 2") + "\r\n\r\nhi",
    400,
  ],
  ["identity, then chunked", coded("Transfer-Encoding: identity, chunked"), 400],
  ["gzip, then chunked", coded("Transfer-Encoding: gzip, chunked"), 501],
  ["chunked, then gzip", coded("Transfer-Encoding: chunked, gzip"), 400],
  ["gzip alone", coded("Transfer-Encoding: gzip"), 400],
  ["a word that is none", coded("Transfer-Encoding: xchunked"), 400],
  ["chunked with a letter behind", coded("Transfer-Encoding: chunkedx"), 400],
  ["chunked with a parameter", coded("Transfer-Encoding: chunked;q=1"), 400],
  ["in quotes", coded('Transfer-Encoding: "chunked"'), 400],
  ["empty", coded("Transfer-Encoding:"), 400],
  ["a comma alone", coded("Transfer-Encoding: ,"), 400],
  ["a comma before it", coded("Transfer-Encoding: , chunked"), 400],
  ["a comma behind it", coded("Transfer-Encoding: chunked,"), 400],
  ["a vertical tab before it", coded("Transfer-Encoding: \x0bchunked"), 400],
  ["a NUL behind it", coded("Transfer-Encoding: chunked\0"), 400],
  ["a no-break space behind it", coded("Transfer-Encoding: chunked\xa0"), 400],
  ["a space before the colon", coded("Transfer-Encoding : chunked"), 400],
  ["a space before the name", coded("X: a", " Transfer-Encoding: chunked"), 400],
  ["folded", coded("Transfer-Encoding:", " chunked"), 400],
  ["hidden behind a bare LF", coded("X-A: a\nTransfer-Encoding: chunked"), 400],
  [
    "a length smuggled behind a bare CR",
    coded("Transfer-Encoding: chunked", "X-A: a\rContent-Length: 2"),
    400,
  ],
]);

function chunks(body: string): string {
  return `${post("Transfer-Encoding: chunked")}\r\n\r\n${body}`;
}

export const CHUNKS = vectors("chunk", [
  ["none but the last", chunks("0\r\n\r\n"), EMPTY],
  ["two", chunks("1\r\nh\r\n1\r\ni\r\n0\r\n\r\n"), HI],
  ["a size in capitals", chunks("A\r\n0123456789\r\n0\r\n\r\n"), seen("POST", "/", "0123456789")],
  [
    "a size in small letters",
    chunks("a\r\n0123456789\r\n0\r\n\r\n"),
    seen("POST", "/", "0123456789"),
  ],
  ["a size with zeros before it", chunks("0002\r\nhi\r\n0\r\n\r\n"), HI],
  ["a last size of many zeros", chunks("2\r\nhi\r\n0000\r\n\r\n"), HI],
  ["an extension", chunks("2;a=b\r\nhi\r\n0\r\n\r\n"), HI],
  ["an extension in quotes", chunks('2;a="b;c"\r\nhi\r\n0;d\r\n\r\n'), HI],
  ["CR LF as payload", chunks("2\r\n\r\n\r\n0\r\n\r\n"), seen("POST", "/", "\r\n")],
  [
    "a last chunk as payload",
    chunks("5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
    seen("POST", "/", "0\r\n\r\n"),
  ],
  ["a trailer", chunks("2\r\nhi\r\n0\r\nX-A: a\r\n\r\n"), HI],
  ["two trailers", chunks("2\r\nhi\r\n0\r\nX-A: a\r\nX-B: b\r\n\r\n"), HI],
  [
    "a trailer that would frame it is ignored",
    chunks("2\r\nhi\r\n0\r\nContent-Length: 9\r\n\r\n"),
    HI,
  ],
  ["a request behind it is the next one", chunks("0\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"), [
    EMPTY,
    seen("GET", "/b"),
  ]],
  ["a size of 16 digits", chunks("0000000000000002\r\nhi\r\n0\r\n\r\n"), HI],
  ["a size of 17 digits", chunks("00000000000000002\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size beyond 2^53", chunks("FFFFFFFFFFFFFFFF\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size that would be 2 in 64 bits", chunks("10000000000000002\r\nhi\r\n0\r\n\r\n"), 400],
  ["no size", chunks("\r\nhi\r\n0\r\n\r\n"), 400],
  ["an extension without a size", chunks(";a\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size in another base", chunks("0x2\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a plus", chunks("+2\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a minus", chunks("-2\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a letter beyond F", chunks("2g\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a space behind", chunks("2 \r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a tab behind", chunks("2\t\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size with a space before", chunks(" 2\r\nhi\r\n0\r\n\r\n"), 400],
  ["a space before the extension", chunks("2 ;a\r\nhi\r\n0\r\n\r\n"), 400],
  ["a size that ends in LF", chunks("2\nhi\r\n0\r\n\r\n"), 400],
  ["a size that ends in CR", chunks("2\rhi\r\n0\r\n\r\n"), 400],
  ["an extension that ends in LF", chunks("2;a\nhi\r\n0\r\n\r\n"), 400],
  ["an extension with a CR", chunks("2;a\rb\r\nhi\r\n0\r\n\r\n"), 400],
  ["an extension with a NUL", chunks("2;a\0\r\nhi\r\n0\r\n\r\n"), 400],
  ["an extension with a tab", chunks("2;a\tb\r\nhi\r\n0\r\n\r\n"), 400],
  ["an extension with a DEL", chunks("2;a\x7fb\r\nhi\r\n0\r\n\r\n"), 400],
  ["payload that ends in LF", chunks("2\r\nhi\n0\r\n\r\n"), 400],
  ["payload that is longer than its size", chunks("2\r\nhid\r\n0\r\n\r\n"), 400],
  ["payload without an end", chunks("2\r\nhi0\r\n\r\n"), 400],
  ["a last chunk that ends in LF", chunks("2\r\nhi\r\n0\n\n"), 400],
  ["an empty line that is LF", chunks("2\r\nhi\r\n0\r\n\n"), 400],
  ["a trailer that ends in LF", chunks("2\r\nhi\r\n0\r\nX-A: a\n\r\n"), 400],
  ["a trailer with a space before the colon", chunks("2\r\nhi\r\n0\r\nX-A : a\r\n\r\n"), 400],
  ["a trailer without a colon", chunks("2\r\nhi\r\n0\r\nX-A\r\n\r\n"), 400],
  ["a trailer that is folded", chunks("2\r\nhi\r\n0\r\nX-A: a\r\n b\r\n\r\n"), 400],
  ["a request as a trailer", chunks("2\r\nhi\r\n0\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"), 400],
  ["an extension without end", chunks(`2;${"a".repeat(20_000)}\r\nhi\r\n0\r\n\r\n`), 400],
]);
