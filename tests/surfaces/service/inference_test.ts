/** What the service makes of requests, before any call is sent. */

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Call } from "../../../src/core/call.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { openrouterService } from "../../../src/formats/openrouter_service/mod.ts";
import { modelNotFound } from "../../../src/routing/find_model.ts";
import type { RequestContext } from "../../../src/surfaces/request/request_context.ts";
import { SERVICE_BASE } from "../../../src/surfaces/openrouter/rest/service_path.ts";
import {
  serviceRows,
  serviceSurface,
} from "../../../src/surfaces/openrouter/rest/service_surface.ts";
import { jsonAnswer } from "../../../src/surfaces/json_answer.ts";
import { PathTable } from "../../../src/surfaces/path_table.ts";
import type { Place } from "../../../src/surfaces/surface.ts";
import { requestOf, toResponse } from "../../support/http.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

function startService() {
  const calls: Call[] = [];
  const surface = serviceSurface({
    exchange: (call) => {
      calls.push(call);
      const outcome = { kind: "complete", status: 200, bytes: 0 } as const;
      return Promise.resolve({ answer: jsonAnswer({}), outcome: Promise.resolve(outcome) });
    },
    formats: { ...openaiChat, error: openrouterService },
    listModels: () => Promise.resolve([]),
    routingSuffixes: [],
    listWarnings: () => [],
    modelNotFound,
    requestTimeoutMs: 1_234,
    bodyLimits: {
      maxBodyBytes: 10_000,
      bodyTimeoutMs: 1_000,
      bodyIdleTimeoutMs: 1_000,
      maxJsonDepth: 100,
      maxJsonKeys: 1_000,
      maxJsonValues: 1_000,
      clock: new ManualClock(),
    },
  });
  const send = async (path: string, body: string, init: RequestInit = {}) => {
    const headers = { "content-type": "application/json" };
    const request = requestOf(path, { method: "POST", headers, body, ...init });
    const context = { id: "call", principal: ANONYMOUS, arrivedMs: 0 } as RequestContext;
    await surface.answer(request, context, placeOf(path));
    assertStrictEquals(context.call, calls.at(-1), "the handler is told of the call");
    return calls.at(-1)!;
  };
  return { surface, send, calls };
}

function placeOf(path: string): Place {
  return { path, base: SERVICE_BASE, endpoint: path.slice(SERVICE_BASE.length) };
}

const MESSAGES = `[{"role":"user","content":"hi"}]`;
const textOf = (call: Call) => new TextDecoder().decode(call.bytes);

Deno.test("the service takes its own paths, whatever the method, and nothing else below its base", () => {
  const { surface } = startService();
  const rest = { ...surface };
  const table = new PathTable(serviceRows(surface), rest);
  const limitsOf = (path: string) => {
    const request = requestOf(path, { method: "DELETE" });
    const found = table.find(request);
    return found.surface === rest ? undefined : surface.limitsOf(request, found.place);
  };
  const catalog = ["service"];
  const inference = ["service", "inference"];
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["/api/v1/inference", inference],
    ["/api/v1/inference/", inference],
    ["/api/v1/inference/stream", inference],
    ["/api/v1/inference/stream/", inference],
    ["/api/v1/models", catalog],
    ["/api/v1/models/", catalog],
    ["/api/v1/models/openai/gpt-4o", catalog],
    ["/api/v1/models/openai%2Fgpt-4o/pricing", catalog],
    ["/api/v1", undefined],
    ["/api/v1/inference/streams", undefined],
    ["/api/v1/inferences", undefined],
    ["/api/v1/modelsx", undefined],
    ["/api/v1/chat/completions", undefined],
    ["/v1/models", undefined],
    ["/v1/inference", undefined],
    ["/models", undefined],
  ];
  for (const [path, limits] of cases) assertEquals([path, limitsOf(path)], [path, limits]);
});

Deno.test("a request is forwarded as it came, fields that nobody knows and all", async () => {
  const { send } = startService();
  const body = `{ "seed": 12345678901234567890, "x_new": {"a": [1]}, "model": "m", "stream": false,
    "messages": ${MESSAGES}, "temperature": 0.7, "max_tokens": 100 }`;
  const call = await send("/api/v1/inference", body);
  assertEquals([textOf(call), call.wantsStream, call.model], [body, false, "m"]);
  assertEquals([call.operation, call.surface, call.timeoutMs], ["chat", "service", 1_234]);
  const streamed = body.replace("false", "true");
  for (const path of ["/api/v1/inference", "/api/v1/inference/stream"]) {
    const asked = await send(path, streamed);
    assertEquals([textOf(asked), asked.wantsStream, asked.timeoutMs], [streamed, true, 1_234]);
  }
});

Deno.test("/inference/stream streams, whatever `stream` says, and asks the upstream for it", async () => {
  const { send } = startService();
  for (const stream of ["", `"stream":false,`, `"stream":null,`]) {
    const body = `{${stream}"model":"m","messages":${MESSAGES},"x_new":1}`;
    const call = await send("/api/v1/inference/stream", body);
    assert(call.wantsStream);
    assertEquals(call.body.json["stream"], true);
    assertEquals(JSON.parse(textOf(call)), { ...JSON.parse(body), stream: true });
    assertEquals((await send("/api/v1/inference", body)).wantsStream, false);
  }
});

Deno.test("what routing needs must be right, and the field is named", async () => {
  const { send, calls } = startService();
  const cases = [
    [{ model: undefined }, "model", "Model is required"],
    [{ model: null }, "model", "Model is required"],
    [{ model: 7 }, "model", "Model must be the name of a model"],
    [{ model: "" }, "model", "Model must not be empty"],
    [{ messages: undefined }, "messages", "Messages are required"],
    [{ messages: "hi" }, "messages", "Messages must be a list"],
    [{ messages: [] }, "messages", "Messages must hold at least one message"],
    [
      { messages: ["hi"] },
      "messages.0",
      `Each message must be an object such as {"role":"user","content":"..."}`,
    ],
    [{ messages: [{ content: "hi" }] }, "messages.0.role", "Role is required"],
    [
      { messages: [{ role: "user" }, { role: 1 }] },
      "messages.1.role",
      "Role must be a text such as user",
    ],
    [{ messages: [{ role: "" }] }, "messages.0.role", "Role must not be empty"],
    [{ stream: "yes" }, "stream", "Stream must be true or false"],
    [{ temperature: "warm" }, "temperature", "Temperature must be a number"],
    [{ max_tokens: 1.5 }, "max_tokens", "Max tokens must be a whole number"],
  ] as const;
  const whole = { model: "m", messages: [{ role: "user", content: "hi" }] };
  for (const [change, field, message] of cases) {
    const body = JSON.stringify({ ...whole, ...change });
    for (const path of ["/api/v1/inference", "/api/v1/inference/stream"]) {
      const error = await assertRejects(() => send(path, body), GatewayError);
      assertEquals([error.status, error.param, error.message], [400, field, message]);
    }
  }
  assertEquals(calls.length, 0);
});

Deno.test("what providers see differently is left to them", async () => {
  const { send } = startService();
  for (
    const rest of [
      `"temperature":5,"max_tokens":-1,"top_p":"x","tools":{}`,
      `"stream":null,"temperature":null,"max_tokens":null`,
    ]
  ) {
    await send("/api/v1/inference", `{"model":"m","messages":[{"role":"odd"}],${rest}}`);
  }
});

Deno.test("only POST is answered", async () => {
  const { surface } = startService();
  for (const path of ["/api/v1/inference", "/api/v1/inference/stream"]) {
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const request = requestOf(path, { method });
      const error = await assertRejects(
        async () => await surface.answer(request, {} as RequestContext, placeOf(path)),
        GatewayError,
      );
      assertEquals([error.status, error.allow], [405, ["POST", "OPTIONS"]]);
    }
  }
});

Deno.test("an upstream's own error is written in the service's form, with its headers", async () => {
  const { surface } = startService();
  const error = new GatewayError("upstream_error", "Slow down", {
    status: 429,
    retryAfterMs: 7_000,
    answer: {
      status: 429,
      headers: [["x-ratelimit-limit-requests", "20"]],
      format: openaiChat.name,
      body: new TextEncoder().encode(`{"error":{"message":"Slow down"}}`),
    },
  });
  const response = toResponse(surface.errorAnswer(error, "id"));
  assertEquals([response.status, response.headers.get("retry-after")], [429, "7"]);
  assertEquals(response.headers.get("x-ratelimit-limit-requests"), "20");
  assertEquals((await response.json()).error.type, "rate_limit");
  const money = new GatewayError("upstream_error", "Pay", { status: 402, shouldRetry: false });
  const refusal = surface.errorAnswer(money, "id");
  assertEquals([refusal.status, refusal.headers.get("x-should-retry")], [502, "false"]);
});
