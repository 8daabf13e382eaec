/** Requests whose address is the attack. */

import {
  badPath,
  BASE,
  get,
  head,
  type HostileRequest,
  passed,
  refused,
  unknown,
  wrongMethod,
} from "./hostile_request.ts";

/** Paths that lead elsewhere. */
export const hostilePaths: readonly HostileRequest[] = [
  { ...get("dots", `${BASE}/../admin`), ...badPath },
  { ...get("escaped dots", `${BASE}/%2e%2e/admin`), ...badPath },
  { ...get("escaped dots in both cases", `${BASE}/%2E%2e/admin`), ...badPath },
  { ...get("one dot escaped", `${BASE}/.%2e/admin`), ...badPath },
  { ...get("dots at the end", `${BASE}/a/..`), ...badPath },
  { ...get("one dot", `${BASE}/./admin`), ...badPath },
  { ...get("dots with a parameter", `${BASE}/..;a=b/admin`), ...badPath },
  { ...get("dots with an escaped parameter", `${BASE}/..%3ba=b/admin`), ...badPath },
  { ...get("dots escaped twice", `${BASE}/%252e%252e/admin`), ...badPath },
  { ...get("dots escaped four times", `${BASE}/%2525252e%2525252e/admin`), ...badPath },
  { ...get("dots between escaped slashes", `${BASE}/a%2f..%2f..%2fadmin`), ...badPath },
  { ...get("dots and slash, all escaped", `${BASE}/%2e%2e%2fadmin`), ...badPath },
  { ...get("dots before an escaped backslash", `${BASE}/..%5cadmin`), ...badPath },
  { ...get("dots before a backslash", `${BASE}/..\\admin`), ...badPath },
  { ...get("a backslash", `${BASE}/a\\b`), ...badPath },
  { ...get("dots behind a forwarded endpoint", "/v1/files/../../admin"), ...badPath },
  { ...get("dots before the prefix", "/v1/../api/v1/admin"), ...unknown },
  { ...get("dots behind Ollama's list", `${BASE}/api/tags/../../admin`), ...badPath },
  {
    ...get("an empty segment that could be a host", ({ evil }) => `${BASE}//${evil}/x`),
    ...badPath,
  },
  { ...get("an escaped NUL", `${BASE}/a%00b`), ...badPath },
  { ...get("an escaped line break", `${BASE}/a%0d%0ax-evil:%201`), ...badPath },
  { ...get("a line break escaped twice", `${BASE}/a%250d%250ax-evil:%201`), ...badPath },
  { ...get("an escape that is none", `${BASE}/a%zz`), ...badPath },
  { ...get("a long path", `${BASE}/${"a".repeat(9_000)}`), statuses: [414], code: "url_too_long" },
  { ...get("an endless path", `${BASE}/${"a".repeat(70_000)}`), ...refused, orElse: [414] },
  { ...get("a byte that is not ASCII", `${BASE}/\xe9`), ...refused },
  { ...get("a space in the target", `${BASE}/a b`), ...refused },
  {
    ...get("an escaped slash, which is part of a name", `${BASE}/a%2Fb`),
    statuses: [200],
    forwarded: ["GET /v1/a%2Fb"],
  },
  {
    ...get("an address in the query", ({ evil }) => `${BASE}/things?url=http://${evil}/&p=../..`),
    statuses: [200],
    forwarded: ["GET /v1/things?url=http://EVIL/&p=../.."],
  },
  {
    ...get("the client's key in the query", ({ key }) => `${BASE}/things?a=b&api_key=${key}`),
    ...refused,
    code: "credentials_in_query",
  },
];

/** Targets, hosts and methods that mean somebody else. */
export const hostileTargets: readonly HostileRequest[] = [
  { ...get("a prefix that becomes a user name", ({ evil }) => `${BASE}@${evil}/x`), ...unknown },
  { ...get("a prefix that becomes a host", `${BASE}.evil.example/x`), ...unknown },
  {
    ...get(
      "an absolute target",
      ({ evil }) => `http://${evil}${BASE}/things`,
      ({ evil }) => `host: ${evil}`,
    ),
    ...passed,
  },
  {
    ...get("an absolute target of another host", ({ evil }) => `http://${evil}${BASE}/things`),
    ...refused,
    code: "invalid_host",
  },
  {
    ...get("an absolute target elsewhere", "http://weir/x"),
    ...unknown,
  },
  {
    ...get("an absolute target with a user", ({ evil }) => `http://a:b@${evil}${BASE}/things`),
    ...refused,
    code: "invalid_host",
  },
  { ...get("a target without a scheme", ({ evil }) => `//${evil}${BASE}/things`), ...unknown },
  {
    ...get("a target of another scheme", ({ evil }) => `ftp://${evil}/x`),
    ...refused,
    code: "invalid_host",
  },
  { ...get("a target that is no path", "things"), ...refused },
  { ...get("a foreign Host", `${BASE}/things`, ({ evil }) => `host: ${evil}`), ...passed },
  {
    ...get("a Host with a path", "/x", ({ evil }) => `host: ${evil}${BASE}/things?`),
    ...refused,
    code: "invalid_host",
  },
  {
    ...get("a Host with a user", `${BASE}/things`, ({ evil }) => `host: a@${evil}`),
    ...refused,
    code: "invalid_host",
  },
  {
    ...get("two Hosts", `${BASE}/things`, "host: weir", ({ evil }) => `host: ${evil}`),
    ...refused,
  },
  {
    ...get(
      "headers that rewrite",
      `${BASE}/things`,
      ({ evil }) => `x-forwarded-host: ${evil}`,
      "x-original-url: /admin",
      "x-rewrite-url: /admin",
      "x-http-method-override: DELETE",
      "x-forwarded-for: 127.0.0.1",
    ),
    ...passed,
  },
  {
    name: "a tunnel",
    request: ({ evil, key }) => head("CONNECT", evil, key, []),
    statuses: [501],
  },
  { name: "TRACE", request: ({ key }) => head("TRACE", `${BASE}/things`, key, []), ...wrongMethod },
  {
    name: "no such method",
    request: ({ key }) => head("EVIL", `${BASE}/a`, key, []),
    ...wrongMethod,
  },
  {
    name: "a method in lower case",
    request: ({ key }) => head("get", `${BASE}/a`, key, []),
    ...wrongMethod,
  },
];
