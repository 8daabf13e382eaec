/** What a request says of its connection: whether it stays, other protocols, expectations, those that follow. */

import { get, post, seen, vectors } from "./vector.ts";

const SEEN = seen("GET", "/");
const NEXT = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";
const NEXT_SEEN = seen("GET", "/b");

/** What Java's own client sends of a POST that it would like to have answered in HTTP/2. */
const JAVA_UPGRADE =
  "POST /v1/chat/completions HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n" +
  "Content-Length: 13\r\nHost: h\r\nHTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAABgAGAAA\r\n" +
  "Upgrade: h2c\r\nUser-Agent: Java-http-client/21.0.5\r\nContent-Type: application/json\r\n\r\n" +
  '{"model":"a"}';

export const CONNECTIONS = vectors("connection", [
  ["keep-alive", get("Connection: keep-alive"), SEEN],
  ["a list", get("Connection: foo, Keep-Alive, bar"), SEEN],
  ["an empty list", get("Connection: ,,"), SEEN],
  ["a word that is none", get("Connection: closed"), SEEN],
  [
    "an upgrade to HTTP/2 is ignored",
    get(
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    ),
    SEEN,
  ],
  ["an upgrade to TLS is ignored", get("Connection: Upgrade", "Upgrade: TLS/1.0"), SEEN],
  [
    "the POST of Java's client is served",
    JAVA_UPGRADE,
    seen("POST", "/v1/chat/completions", '{"model":"a"}'),
  ],
  ["Proxy-Connection means nothing", get("Proxy-Connection: close"), SEEN],
  ["Keep-Alive means nothing", get("Keep-Alive: timeout=1, max=1"), SEEN],
  ["TE means nothing", get("TE: trailers, deflate;q=0.5", "Connection: TE"), SEEN],
  ["a Trailer field means nothing", get("Trailer: X-A"), SEEN],
  ["three requests at once", get() + NEXT + NEXT, [SEEN, NEXT_SEEN, NEXT_SEEN]],
  ["a request that is refused ends those behind it", "GET / HTTP/1.1\r\n\r\n" + NEXT, 400],
  [
    "100-continue and a body at once",
    post("Expect: 100-continue", "Content-Length: 2") + "\r\n\r\nhi",
    seen("POST", "/", "hi"),
  ],
  [
    "100-Continue in capitals",
    post("Expect: 100-CONTINUE", "Content-Length: 2") + "\r\n\r\nhi",
    seen("POST", "/", "hi"),
  ],
  ["100-continue without a body", get("Expect: 100-continue"), SEEN],
  ["another expectation", get("Expect: a-miracle"), 417],
  ["an empty expectation", get("Expect:"), 417],
  ["two expectations", get("Expect: 100-continue", "Expect: 100-continue"), 400],
  [
    "an expectation of HTTP/1.0 means nothing",
    "POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nExpect: a-miracle\r\nContent-Length: 2\r\n\r\nhi",
    seen("POST", "/", "hi"),
  ],
]);
