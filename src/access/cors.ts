/**
 * Which web pages of other origins may use the gateway, and what their browsers are told of it.
 *
 * @module
 */

import * as z from "zod";
import { GatewayError } from "../core/gateway_error.ts";
import { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../core/http/http.ts";
import type { HeaderReader } from "../core/provider/transport.ts";

const ANY = "*";

export const corsOptions = z.strictObject({
  origins: z.array(
    z.string().max(255).refine(
      isOriginOrAny,
      "must be an origin such as https://app.example or http://localhost:5173, without a path, or *",
    ),
  ).max(100).default([]).describe(
    "Origins whose web pages may use Weir from a browser, split by commas, or `*` for all. If not set, all may where an API key is needed, and else those on loopback addresses. `*` without an API key lets every page that somebody opens near Weir spend the upstreams' money.",
  ).meta({ variable: "CORS_ORIGINS" }),
  credentials: z.enum(["off", "on"]).default("off").describe(
    "Whether those pages may send cookies, for a login in front of Weir. Not with `*`.",
  ).meta({ variable: "CORS_CREDENTIALS" }),
}).superRefine(({ origins, credentials }, { addIssue }) => {
  if (credentials === "off" || !origins.includes(ANY)) return;
  const message = "must be off where the origins are *; list the origins";
  addIssue({ code: "custom", path: ["credentials"], message });
}).prefault({});

export type CorsOptions = z.output<typeof corsOptions>;

export interface Cors {
  /** Whether pages of every origin may read what is answered to calls. */
  readonly isOpenToAll: () => boolean;
  /** Whether a client may have its request done; `null` is one that sends no `Origin`. */
  readonly isOriginAllowed: (origin: string | null, request: HttpRequest) => boolean;
  /** For a gateway that needs no key. Throws `forbidden` for what a web page must not do unasked. */
  readonly refuseForeignPage: (request: HttpRequest) => void;
  /** Answers any `OPTIONS`. Throws `forbidden` for a preflight from an origin that may not use it. */
  readonly answerPreflight: (request: HttpRequest) => HttpAnswer;
  /** Lets the page that asked read the answer. */
  readonly addHeaders: (headers: AnswerHeaders, request: HttpRequest) => void;
}

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
/** For a preflight that names no headers, or none that could be one. */
const USUAL_HEADERS = "authorization, content-type";
/** Two hours, the longest that Chromium keeps an answer to a preflight. */
const MAX_AGE_SECONDS = "7200";
const PREFLIGHT_VARY =
  "Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";

/** What a page may read beyond what it always may. A `*` would not hold with cookies. */
export const EXPOSED_HEADERS: readonly string[] = [
  "accept-ranges",
  "age",
  "allow",
  "content-disposition",
  "content-range",
  "etag",
  "openai-processing-ms",
  "openai-version",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "retry-after-ms",
  "server-timing",
  "www-authenticate",
  "x-generation-id",
  "x-provider-name",
  "x-ratelimit-limit",
  "x-ratelimit-limit-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "x-request-id",
  "x-should-retry",
  "x-weir-attempts",
  "x-weir-budget",
  "x-weir-cache",
  "x-weir-cost",
  "x-weir-cost-estimated",
  "x-weir-failed-targets",
  "x-weir-queue-ms",
  "x-weir-tokens",
  "x-weir-tools",
  "x-weir-upstream",
  "x-weir-upstream-request-id",
  "x-weir-warning",
];

/**
 * @param isKeyed Whether a key is needed, which no page has by itself: no cookie is read for a call. Asked for each
 *   request, because the first key may be made while the process runs.
 */
export function createCors({ origins, credentials }: CorsOptions, isKeyed: () => boolean): Cors {
  const isOpenToAll = (): boolean => origins.length === 0 ? isKeyed() : origins.includes(ANY);
  const listed = new Set(origins.filter((origin) => origin !== ANY).map(canonicalOrigin));
  const exposed = EXPOSED_HEADERS.join(", ");
  const remedy = `add the origin to CORS_ORIGINS${
    origins.length > 0 ? "" : ", or set PROXY_API_KEY"
  }`;
  const isReader = (origin: string): boolean =>
    isOpenToAll() || listed.has(origin) || (origins.length === 0 && isLoopbackOrigin(origin));
  const isOriginAllowed: Cors["isOriginAllowed"] = (origin, request) =>
    origin === null || isReader(origin) || !isWebOrigin(origin) || isSameOrigin(origin, request);
  return {
    isOpenToAll,
    isOriginAllowed,
    refuseForeignPage: (request) => {
      if (isSafe(request.method) || isOriginAllowed(request.headers.get("origin"), request)) return;
      throw refuse(remedy);
    },
    answerPreflight: (request) => {
      const origin = request.headers.get("origin");
      if (origin === null || request.headers.get("access-control-request-method") === null) {
        return { status: 204, headers: new AnswerHeaders(), body: null };
      }
      if (!isReader(origin)) throw refuse(remedy);
      return preflightAnswer(request.headers, listed.has(origin));
    },
    addHeaders: (headers, request) => {
      // Also for clients that are no page: a cache must not keep their answer for one.
      headers.append("vary", "Origin");
      const origin = request.headers.get("origin");
      if (origin === null || !isReader(origin)) return;
      headers.set("access-control-allow-origin", isOpenToAll() ? ANY : origin);
      headers.set("access-control-expose-headers", exposed);
      if (credentials === "on") headers.set("access-control-allow-credentials", "true");
    },
  };
}

function preflightAnswer(asked: HeaderReader, isNamed: boolean): HttpAnswer {
  const headers = new AnswerHeaders([
    ["access-control-allow-methods", METHODS],
    ["access-control-allow-headers", requestedHeaders(asked)],
    ["access-control-max-age", MAX_AGE_SECONDS],
    ["vary", PREFLIGHT_VARY],
  ]);
  // From a page of the internet into this network: not for every page there is.
  if (isNamed && asked.get("access-control-request-private-network") === "true") {
    headers.set("access-control-allow-private-network", "true");
  }
  return { status: 204, headers, body: null };
}

/** Those that the browser asks for, whatever they are: SDKs send many of their own (T48). */
function requestedHeaders(asked: HeaderReader): string {
  const names = asked.get("access-control-request-headers") ?? "";
  return /^[\w!#$%&'*+.^`|~-]+(, ?[\w!#$%&'*+.^`|~-]+)*$/.test(names) && names.length <= 4_096
    ? names
    : USUAL_HEADERS;
}

/** What changes nothing, and whose answer a page cannot read. */
function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function isOriginOrAny(text: string): boolean {
  return text === ANY ||
    /^[a-z][a-z\d+.-]*:\/\/[^\s\/?#@*]+$/i.test(text) && URL.canParse(text);
}

/** As browsers write it: lower case, without the port that goes without saying. */
function canonicalOrigin(origin: string): string {
  return isWebOrigin(origin) ? new URL(origin).origin : origin;
}

function refuse(remedy: string): GatewayError {
  const message = `Web pages of this origin may not use the gateway; ${remedy}`;
  return new GatewayError("forbidden", message, { code: "origin_not_allowed" });
}

/**
 * Whether an `Origin` can be that of a web page, as far as it is not sure to be none: programs with a
 * browser inside, and extensions of browsers, have schemes of their own, which no page can have.
 */
function isWebOrigin(origin: string): boolean {
  return !/^(?!https?:)[a-z][a-z\d+.-]*:\/\//i.test(origin);
}

/** Whether a page was loaded from the browser's own machine; no DNS answer can have made it so. */
function isLoopbackOrigin(origin: string): boolean {
  return /^https?:\/\/(localhost|[a-z\d.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/
    .test(origin);
}

/**
 * Whether a request comes from a page that was served by the host it goes to.
 *
 * The browser itself says so only where no DNS answer can have made another host of it: over TLS and to
 * loopback addresses. Where it does not say, host and origin are compared, and names are no proof: the
 * owner of a page can let its name lead here, once the page is loaded (DNS rebinding).
 */
function isSameOrigin(origin: string, { headers, host }: HttpRequest): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const name = host.toLowerCase();
  return isAddress(name) && origin.toLowerCase() === `http://${name}`;
}

/** Whether a host, with or without a port, is no name that anybody could own. */
function isAddress(host: string): boolean {
  return /^(localhost|(\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\])(:\d+)?$/.test(host);
}
