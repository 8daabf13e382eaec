/** Bounds of the output that a client sets too small, and an alias that raises them (T110). */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { startProgram } from "../../support/program.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { endedWith, together } from "../../support/together.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const ANSWER: JsonObject = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "llama",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
};
const HI = [{ role: "user", content: "Hi" }];

async function start() {
  const standIn = serveStandIn(() => Response.json(ANSWER));
  const folder = await workingDirectory({
    "weir.jsonc": JSON.stringify({
      routing: { aliases: { roomy: { target: "local/llama", minOutputTokens: 1_024 } } },
    }),
  });
  const weir = await startProgram({
    cwd: folder.path,
    env: { UPSTREAM_LOCAL_BASE_URL: `${standIn.origin}/v1`, MAX_RETRIES: "0" },
  });
  return {
    ...endedWith({ folder, standIn, weir }),
    /** What is told of the call, and the text of what arrived. */
    async send(path: string, body: string) {
      const response = await fetch(weir.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
        body,
      });
      await response.body?.cancel();
      const arrived = new TextDecoder().decode(standIn.requests.at(-1)?.body);
      const warning = response.headers.get("x-weir-warning") ?? "";
      return { status: response.status, warning, arrived };
    },
  };
}

const test = together("an alias with a floor of the output", start);

/** A request of each API, with a bound of 99 tokens. */
const REQUESTS: Readonly<Record<string, JsonObject>> = {
  "/v1/chat/completions": { model: "roomy", messages: HI, max_tokens: 99 },
  "/v1/messages": { model: "roomy", messages: HI, max_tokens: 99 },
  "/v1/responses": { model: "roomy", input: "Hi", max_output_tokens: 99 },
  "/api/chat": { model: "roomy", messages: HI, stream: false, options: { num_predict: 99 } },
  "/v1beta/models/roomy:generateContent": {
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    generationConfig: { maxOutputTokens: 99 },
  },
};

test("an alias's target raises smaller bounds of clients of every API, and says so", async (started) => {
  for (const [path, body] of Object.entries(REQUESTS)) {
    const { status, warning, arrived } = await started.send(path, JSON.stringify(body));
    assertEquals(status, 200, path);
    assertStringIncludes(warning, "raised to 1024 tokens", path);
    const sent: JsonObject = JSON.parse(arrived);
    assertEquals(sent["max_completion_tokens"] ?? sent["max_tokens"], 1_024, path);
  }
});

test("bytes beside the bound pass, and a request without a small one passes whole", async (started) => {
  const path = "/v1/chat/completions";
  const rest = '"messages" : [{"role":"user","content":"Hi"}], "seed":9007199254740993}';
  const small = await started.send(path, `{"model":"roomy","max_tokens": 99, ${rest}`);
  assertEquals(small.arrived, `{"model":"llama","max_tokens": 1024, ${rest}`);
  for (const bound of ["", '"max_tokens": 4096, ']) {
    const other = await started.send(path, `{"model":"roomy",${bound}${rest}`);
    assertEquals(other, { status: 200, warning: "", arrived: `{"model":"llama",${bound}${rest}` });
  }
  const named = await started.send(path, `{"model":"local/llama","max_tokens": 99, ${rest}`);
  assertStringIncludes(named.arrived, '"max_tokens": 99');
});
