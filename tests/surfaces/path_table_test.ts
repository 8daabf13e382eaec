/** Which surface a path leads to, and what of the path it is told. */

import { assertEquals } from "@std/assert";
import {
  anthropicForwardRow,
  anthropicRows,
  anthropicUnknownRow,
} from "../../src/surfaces/anthropic/anthropic.ts";
import { geminiRows, geminiUnknownRow } from "../../src/surfaces/gemini/gemini.ts";
import { openaiRows } from "../../src/surfaces/openai/openai.ts";
import { passthroughRows } from "../../src/surfaces/openai/passthrough.ts";
import { modelPathsRow } from "../../src/surfaces/openrouter/rest/model_paths.ts";
import { serviceRows } from "../../src/surfaces/openrouter/rest/service_surface.ts";
import { webSocketRows } from "../../src/surfaces/openrouter/socket/websocket_surface.ts";
import { jsonAnswer } from "../../src/surfaces/json_answer.ts";
import { PathTable } from "../../src/surfaces/path_table.ts";
import type { Surface } from "../../src/surfaces/surface.ts";
import { requestOf } from "../support/http.ts";

const VERSION = { "anthropic-version": "2023-06-01" };

const names = new Map<Surface, string>();

function surface(name: string): Surface {
  const made: Surface = {
    limitsOf: () => ["v1"],
    answer: () => jsonAnswer({ name }),
    errorAnswer: () => jsonAnswer({ name }),
  };
  names.set(made, name);
  return made;
}

function tableFor(own: string): PathTable {
  const [openai, anthropic, service] = [
    surface("openai"),
    surface("anthropic"),
    surface("service"),
  ];
  const gemini = surface("gemini");
  const modelPaths = modelPathsRow(service, surface("openrouter"), /^\/count$/);
  names.set(modelPaths.surface, "openrouter");
  return new PathTable([
    modelPaths,
    ...anthropicRows(anthropic, own),
    ...geminiRows(gemini, own),
    ...serviceRows(service),
    ...webSocketRows(surface("websocket")),
    ...openaiRows(openai, own),
    anthropicForwardRow(surface("anthropic forward"), own),
    ...passthroughRows(surface("passthrough"), own),
    anthropicUnknownRow(anthropic, own),
    geminiUnknownRow(gemini, own),
  ], openai);
}

const DEFAULT = tableFor("/api/v1");

function find(request: string, headers: HeadersInit = {}, table = DEFAULT): string {
  const [method = "", path] = request.split(" ");
  const found = table.find(requestOf(path ?? "", { method, headers }));
  const { base, endpoint } = found.place;
  return `${names.get(found.surface)} ${base}|${endpoint}`;
}

Deno.test("every path leads to its surface", () => {
  const cases = [
    ["POST /v1/chat/completions", "openai /v1|/chat/completions"],
    ["POST /chat/completions?x=1", "openai |/chat/completions"],
    ["POST /openai/v1/embeddings", "openai /openai/v1|/embeddings"],
    ["POST /v1/v1/completions", "openai /v1/v1|/completions"],
    ["POST //v1//chat//completions", "openai /v1|/chat/completions"],
    ["GET /v1/chat/completions", "openai /v1|/chat/completions"],
    ["POST /api/v1/chat/completions", "openai /api/v1|/chat/completions"],
    ["GET /api/v1/chat/completions", "passthrough /api/v1|/chat/completions"],
    ["GET /v1", "openai /v1|"],
    ["GET /v1/", "openai /v1|"],
    ["GET /", "openai |/"],
    ["GET /v1/models", "openai /v1|/models"],
    ["GET /v1/models/", "openai /v1|/models"],
    ["DELETE /v1/models/a", "openai /v1|/models/a"],
    ["GET /v1/models/org%2Fname", "openai /v1|/models/org%2Fname"],
    ["GET /api/v1/models", "service /api/v1|/models"],
    ["GET /api/v1/models/a/b", "service /api/v1|/models/a/b"],
    ["GET /api/v1/models/count", "openrouter /api/v1|/models/count"],
    ["POST /api/v1/models/count", "service /api/v1|/models/count"],
    ["POST /api/v1/inference/", "service /api/v1|/inference"],
    ["POST /api/v1/inference/stream", "service /api/v1|/inference/stream"],
    ["POST /api/v1/inferences", "passthrough /api/v1|/inferences"],
    ["GET /ws/", "websocket |/ws"],
    ["POST /v1/files", "passthrough /v1|/files"],
    ["POST /files/a%2Fb", "passthrough |/files/a%2Fb"],
    ["OPTIONS /v1/files", "openai |/v1/files"],
    ["OPTIONS /api/v1/files", "passthrough /api/v1|/files"],
    ["POST /api/v1/anything", "passthrough /api/v1|/anything"],
    ["POST /v1/anything", "openai |/v1/anything"],
    ["POST /v1/messages", "anthropic /v1|/messages"],
    ["GET /v1/messages", "anthropic /v1|/messages"],
    ["POST /messages/", "anthropic |/messages"],
    ["POST /anthropic/v1/messages?beta=true", "anthropic /anthropic/v1|/messages"],
    ["POST /anthropic/messages/count_tokens", "anthropic /anthropic|/messages/count_tokens"],
    ["POST /api/v1/messages", "anthropic /api/v1|/messages"],
    ["POST /v1/messages/batches", "openai |/v1/messages/batches"],
    ["POST /v1x/messages", "openai |/v1x/messages"],
  ] as const;
  for (const [request, leads] of cases) assertEquals([request, find(request)], [request, leads]);
});

Deno.test("Anthropic's clients, who name a version, are known by it", () => {
  const cases = [
    ["GET /v1/models", "anthropic /v1|/models"],
    ["GET /v1/models/a%2Fb", "anthropic /v1|/models/a%2Fb"],
    ["GET /api/v1/models", "anthropic /api/v1|/models"],
    ["GET /anthropic/v1/models/a", "anthropic /anthropic/v1|/models/a"],
    ["POST /v1/messages/batches", "anthropic forward /v1|/messages/batches"],
    ["POST /anthropic/v1/files", "anthropic forward /anthropic/v1|/files"],
    ["POST /api/v1/anything", "anthropic forward /api/v1|/anything"],
    ["POST /v1/images/generations", "passthrough /v1|/images/generations"],
    ["POST /v1/anything", "anthropic /v1|/anything"],
    ["POST /v1/chat/completions", "openai /v1|/chat/completions"],
  ] as const;
  for (const [request, leads] of cases) {
    assertEquals([request, find(request, VERSION)], [request, leads]);
  }
});

Deno.test("Gemini's methods are known by their names, its models by its clients or its versions", () => {
  const calls = [
    ["/v1beta/models/a:generateContent", "/v1beta|/models/a:generateContent"],
    ["/v1/models/a:streamGenerateContent?alt=sse", "/v1|/models/a:streamGenerateContent"],
    ["/models/org/a:free:countTokens", "|/models/org/a:free:countTokens"],
    ["/models/org%2Fa%3AembedContent/", "|/models/org%2Fa%3AembedContent/"],
    ["/api/v1/models/a:BATCHEMBEDCONTENTS", "/api/v1|/models/a:BATCHEMBEDCONTENTS"],
    ["/api/v1/%6Dodels/a:%67enerateContent", "/api/v1|/%6Dodels/a:%67enerateContent"],
    ["/v1/v1beta/models/a:generateContent", "/v1/v1beta|/models/a:generateContent"],
    ["/gemini/v1alpha/models/a:generateContent", "/gemini/v1alpha|/models/a:generateContent"],
    ["/v1beta/models/a:predict", "/v1beta|/models/a:predict"],
    ["/v1beta/cachedContents", "/v1beta|/cachedContents"],
  ] as const;
  for (const [path, leads] of calls) {
    assertEquals([path, find(`POST ${path}`)], [path, `gemini ${leads}`]);
  }
  for (const path of ["/v1beta/models", "/v1beta/models/a:free", "/gemini/models"]) {
    assertEquals(find(`GET ${path}`).split(" ")[0], "gemini", path);
  }
  for (const name of ["x-goog-api-key", "x-goog-api-client"]) {
    for (const path of ["/v1/models", "/models/a", "/v1/anything"]) {
      assertEquals(find(`GET ${path}`, { [name]: "x" }).split(" ")[0], "gemini", path);
      assertEquals(find(`GET ${path}`).split(" ")[0], "openai", path);
    }
    const chat = find("POST /v1/chat/completions", { [name]: "x" });
    assertEquals(chat, "openai /v1|/chat/completions");
  }
});

Deno.test("a call is one in every spelling that other servers understand (T47)", () => {
  for (const base of ["/api/v1", "/v1", ""]) {
    for (
      const spelling of [
        "/chat/completions/",
        "/chat/completion%73",
        "/chat%2Fcompletions",
        "/Chat/Completions",
        "/%2Fchat%2F%2Fcompletions",
        "/chat/completions%2F%2F",
      ]
    ) {
      assertEquals(find(`POST ${base}${spelling}`), `openai ${base}|/chat/completions`, spelling);
    }
    assertEquals(find(`POST ${base}/%6dessages%2f`), `anthropic ${base}|/messages`);
  }
});

Deno.test("what is no call stays as it was sent", () => {
  for (const other of ["/chat/completions/chatcmpl-1", "/chat/completions%", "/responses/"]) {
    assertEquals(find(`POST /api/v1${other}`), `passthrough /api/v1|${other}`);
  }
});

Deno.test("below the operator's own prefix lies what is interpreted, and the rest is handed through", () => {
  const table = tableFor("/own");
  const cases = [
    ["POST /own/messages", "anthropic /own|/messages"],
    ["POST /own/embeddings", "openai /own|/embeddings"],
    ["GET /own", "openai /own|"],
    ["GET /own/models/a", "openai /own|/models/a"],
    ["POST /own/models", "passthrough /own|/models"],
    ["POST /own/anything", "passthrough /own|/anything"],
    ["POST /api/v1/anything", "openai |/api/v1/anything"],
    ["POST /api/v1/messages", "anthropic /api/v1|/messages"],
    ["GET /api/v1/models", "service /api/v1|/models"],
  ] as const;
  for (const [request, leads] of cases) {
    assertEquals([request, find(request, {}, table)], [request, leads]);
  }
});
