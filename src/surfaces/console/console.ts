/**
 * The console: one page that asks the admin API, and the way to it.
 *
 * It is answered before any routing or policy, since who opens it has no client's key. The page holds nothing but
 * itself: whatever it shows, the admin API lets it have.
 *
 * @module
 */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import { jsonAnswer } from "../json_answer.ts";
import { rawPath } from "../request/raw_path.ts";

const CONSOLE = "/console";

/** Blue-green water over a weir. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1490a3" stroke-width="2.4" stroke-linecap="round"><path d="M2 8h8c4 0 3 8 7 8h5M2 12.5h6c4 0 3 7.500 7 7.500h7M2 3.500h10c4 0 3 8 7 8h3"/></svg>';

const ICON_SECONDS = 86_400;

/** Answers the console's addresses; `undefined` for every other one. */
export type AnswerConsole = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer> | undefined;

export function createConsole(): AnswerConsole {
  let loading: Promise<Page> | undefined;
  const answerPage = async (request: HttpRequest): Promise<HttpAnswer> =>
    showPage(await (loading ??= loadPage()), request);
  return (request) => {
    const { method, target } = request;
    if (method !== "GET" && method !== "HEAD") return undefined;
    switch (rawPath(target)) {
      case "/":
        return answerRoot(request);
      case CONSOLE:
        return answerPage(request);
      case `${CONSOLE}/`:
        return redirect("../console");
      case "/favicon.ico":
        return answer(encoder.encode(ICON), "image/svg+xml", [
          ["cache-control", `max-age=${ICON_SECONDS}`],
        ]);
      default:
        return undefined;
    }
  };
}

const VARY = "accept, sec-fetch-dest";

const LINKS = {
  name: "weir",
  links: {
    console: CONSOLE,
    admin: "/admin/v1/openapi.json",
    health: "/health",
    chat_completions: "/v1/chat/completions",
    responses: "/v1/responses",
    messages: "/v1/messages",
    models: "/v1/models",
    ollama: "/api/tags",
  },
};

/** A browser is led to the console, and who asks for JSON finds the addresses; Ollama's clients ask for neither. */
function answerRoot({ headers }: HttpRequest): HttpAnswer | undefined {
  const accept = headers.get("accept") ?? "";
  const isNavigation = headers.get("sec-fetch-dest") === "document" ||
    /\btext\/html\b/i.test(accept);
  if (isNavigation) return redirect("console");
  if (!/^\s*application\/json\b/i.test(accept)) return undefined;
  const answered = jsonAnswer(LINKS);
  answered.headers.set("vary", VARY);
  return answered;
}

/** Relative, so that it leads below the same path where a proxy has Weir below one of its own. */
function redirect(location: string): HttpAnswer {
  const headers = new AnswerHeaders([
    ["location", location],
    ["cache-control", "no-store"],
    ["vary", VARY],
  ]);
  return { status: 303, headers, body: null };
}

interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By gzip, as small as it gets: what packs other answers does so in a hurry. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly policy: string;
  readonly etag: string;
}

/** Most processes are never asked for it. */
async function loadPage(): Promise<Page> {
  const { PAGE, SCRIPT_HASH, STYLE_HASH } = await import("./page.ts");
  const policy = [
    "default-src 'none'",
    `script-src '${SCRIPT_HASH}'`,
    `style-src '${STYLE_HASH}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const bytes = encoder.encode(PAGE);
  const packing = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return {
    bytes,
    packed: await new Response(packing).bytes(),
    policy: policy.join("; "),
    etag: `W/"${SCRIPT_HASH.slice(-16)}${STYLE_HASH.slice(-16)}"`,
  };
}

function showPage(
  { bytes, packed, policy, etag }: Page,
  { headers }: HttpRequest,
): HttpAnswer {
  const isPacked = /\bgzip\b(?!\s*;\s*q=0)/i.test(headers.get("accept-encoding") ?? "");
  const shown = answer(isPacked ? packed : bytes, "text/html; charset=utf-8", [
    ["cache-control", "no-cache"],
    ["vary", "accept-encoding"],
    ...(isPacked ? [["content-encoding", "gzip"]] as const : []),
    ["etag", etag],
    ["content-security-policy", policy],
    ["x-frame-options", "DENY"],
    ["cross-origin-opener-policy", "same-origin"],
  ]);
  const isKnown = (headers.get("if-none-match") ?? "").includes(etag);
  return isKnown ? { ...shown, status: 304, body: null } : shown;
}

const encoder = new TextEncoder();

function answer(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  more: readonly (readonly [name: string, value: string])[],
): HttpAnswer {
  const headers = new AnswerHeaders([
    ["content-type", type],
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", "no-referrer"],
    ["cross-origin-resource-policy", "same-origin"],
    ...more,
  ]);
  return { status: 200, headers, body };
}
