/** What Gemini has signed in a chat that goes on elsewhere: its own models get it back, others never see it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { serveStandIn } from "../support/providers/stand_in.ts";

const SIGNED = '"extra_content": {"google":{"thought_signature":"c2lnbmVk"}}';
const CALL = `"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}`;
const THOUGHT = '{"type":"reasoning.text","text":"H\\u006d."}';
const SEALED = '{"type":"reasoning.encrypted","data":"c2lnbmVk","format":"google-gemini-v1"}';
const SIGNATURE = '"signature":"c2lnbmVk","format":"google-gemini-v1","index":0';
const SAID = '{"type":"reasoning.text","text":"So"';
const RESULT = '{"role":"tool","tool_call_id":"call_1","content":"\\u0031"}';
const USER = '{"role": "user","content":"\\u0068i","x":1.0}';

/** As a client keeps it, and as others get it: every other byte as it came. */
const KEPT = `[ ${USER}, {"role":"assistant","content":null,${SIGNED}, ` +
  `"tool_calls":[ {${CALL}, ${SIGNED}}, {${CALL}} ]},${RESULT},` +
  `{"role":"assistant","content":"a\\/b","reasoning_details":[${SEALED}]}, ${USER},` +
  `{"role":"assistant","content":"","reasoning_details":[${THOUGHT},${SEALED}]},` +
  `{"role":"assistant","content":"","reasoning_details":[ ${SAID},${SIGNATURE}}]}]`;
const LEFT = `[ ${USER}, {"role":"assistant","content":null,` +
  `"tool_calls":[ {${CALL}}, {${CALL}} ]},${RESULT},` +
  `{"role":"assistant","content":"a\\/b"}, ${USER},` +
  `{"role":"assistant","content":"","reasoning_details":[{"type":"reasoning.text","text":"Hm."}]},` +
  `{"role":"assistant","content":"","reasoning_details":[ ${SAID},"index":0}]}]`;

async function send(weir: Program, model: string): Promise<Response> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: bodyOf(model, KEPT),
  });
  await response.body?.cancel();
  assertEquals(response.status, 200);
  return response;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function bodyOf(model: string, messages: string): string {
  return `{ "model":"${model}","messages":${messages},"top_p":1.0 }`;
}

Deno.test("what Gemini has signed in a chat goes to its own models alone", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      UPSTREAM_GOOGLE_BASE_URL: provider.baseUrl,
    },
  });
  const sent = () => provider.requests.findLast(({ method }) => method === "POST")?.body;
  const kept = await send(weir, "google/gemini-3-pro");
  assertEquals(sent(), bodyOf("gemini-3-pro", KEPT));
  assert(!(kept.headers.get("x-weir-warning") ?? "").includes("signed"));

  const left = await send(weir, "openai/gpt-5");
  assertEquals(sent(), bodyOf("gpt-5", LEFT));
  assertStringIncludes(left.headers.get("x-weir-warning") ?? "", "What Gemini has signed");
});

Deno.test("what Gemini has signed is left out once where it is refused", async () => {
  await using strict = serveStandIn(({ json: { model }, body }) => {
    if (textOf(body).includes("extra_content")) {
      const message = "Unknown parameter: 'messages[1].tool_calls[0].extra_content'.";
      return Response.json({ error: { message, type: "invalid_request_error" } }, { status: 400 });
    }
    const message = { role: "assistant", content: "Hi" };
    return Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  });
  await using weir = await startProgram({
    env: { UPSTREAM_STRICT_BASE_URL: `${strict.origin}/v1`, MAX_RETRIES: "0" },
  });
  const response = await send(weir, "strict/gemini-3-pro");
  const received = strict.received("/v1/chat/completions");
  assertEquals(received.length, 2);
  assertEquals(textOf(received[1]!.body), bodyOf("gemini-3-pro", LEFT));
  assertStringIncludes(response.headers.get("x-weir-warning") ?? "", "the provider refused");
});
