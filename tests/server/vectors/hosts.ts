/** Hosts. */

import { seen, vectors } from "./vector.ts";

function asHost(host: string): string {
  return `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

export const HOSTS = vectors("Host", [
  ["a name", asHost("api.example.com"), seen("GET", "/", "", "api.example.com")],
  [
    "a name and a port",
    asHost("api.example.com:8080"),
    seen("GET", "/", "", "api.example.com:8080"),
  ],
  ["a name with an underscore", asHost("my_service"), seen("GET", "/", "", "my_service")],
  ["a name with a dot at its end", asHost("h."), seen("GET", "/", "", "h.")],
  ["an address of IPv4", asHost("127.0.0.1:3000"), seen("GET", "/", "", "127.0.0.1:3000")],
  ["an address of IPv6", asHost("[::1]:3000"), seen("GET", "/", "", "[::1]:3000")],
  ["spaces around it", "GET / HTTP/1.1\r\nHost: \t h \t\r\n\r\n", seen("GET", "/")],
  ["no space before it", "GET / HTTP/1.1\r\nHost:h\r\n\r\n", seen("GET", "/")],
  ["in capitals", "GET / HTTP/1.1\r\nHOST: h\r\n\r\n", seen("GET", "/")],
  ["none", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", 400],
  ["none and no field at all", "GET / HTTP/1.1\r\n\r\n", 400],
  ["empty", asHost(""), 400],
  ["two that differ", "GET / HTTP/1.1\r\nHost: h\r\nHost: other\r\n\r\n", 400],
  ["two that are the same", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400],
  ["two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n", 400],
  ["two in one field", asHost("h, other"), 400],
  ["two with a space", asHost("h other"), 400],
  ["with a path", asHost("h/admin"), 400],
  ["with a query", asHost("h?a"), 400],
  ["with a fragment", asHost("h#a"), 400],
  ["with a user", asHost("user@h"), 400],
  ["with a scheme", asHost("http://h"), 400],
  ["with a backslash", asHost("h\\a"), 400],
  ["with a percent sign", asHost("h%2fa"), 400],
  ["with a quote", asHost('h"a'), 400],
  ["with a port that is no number", asHost("h:http"), 400],
  ["with an empty port", asHost("h:"), 400],
  ["with a port of six digits", asHost("h:123456"), 400],
  ["with two ports", asHost("h:80:81"), 400],
  ["an IPv6 address without brackets", asHost("::1"), 400],
  ["an IPv6 address without its end", asHost("[::1"), 400],
  ["with brackets and text behind", asHost("[::1]a"), 400],
  ["beyond ASCII", asHost("h\xe9"), 400],
  ["with a NUL", asHost("h\0a"), 400],
  ["folded", "GET / HTTP/1.1\r\nHost:\r\n h\r\n\r\n", 400],
]);
