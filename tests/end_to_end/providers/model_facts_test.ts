/** What is known of models, in every list that tells of them. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { startProgram } from "../../support/program.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const LIST = {
  object: "list",
  data: [
    { id: "vllm", max_model_len: 32_768 },
    { id: "eyes", context_length: 8_192, capabilities: { vision: true, function_calling: true } },
    { id: "vectors", type: "embedding" },
  ],
};

/** `both` is an alias of two. */
const CONFIG = {
  models: {
    facts: {
      "local/vllm": { maxOutputTokens: 4_096, tools: true, vision: false, thinking: true },
      both: { thinking: false },
    },
  },
  routing: { aliases: { both: ["local/vllm", "eyes"] } },
};

/** The alias first. */
const OPENAI = [
  {
    context_length: 8_192,
    max_model_len: 8_192,
    max_input_tokens: 8_192,
    capabilities: ["completion", "tools"],
  },
  {
    context_length: 32_768,
    max_model_len: 32_768,
    max_input_tokens: 32_768,
    max_completion_tokens: 4_096,
    max_output_tokens: 4_096,
    capabilities: ["completion", "tools", "thinking"],
  },
  {
    context_length: 8_192,
    max_model_len: 8_192,
    max_input_tokens: 8_192,
    capabilities: ["completion", "tools", "vision"],
  },
  { capabilities: ["embedding"] },
];

Deno.test("what lists and the configuration know of a model stands in every list under that list's names", async () => {
  await using provider = serveStandIn(() => Response.json(LIST));
  await using folder = await workingDirectory({ "weir.jsonc": JSON.stringify(CONFIG) });
  await using weir = await startProgram({
    env: { UPSTREAM_LOCAL_BASE_URL: `${provider.origin}/v1` },
    cwd: folder.path,
  });
  const listed = async (path: string, list: string, headers: HeadersInit = {}) => {
    const json = await (await fetch(weir.url + path, { headers })).json();
    return json[list].map((entry: JsonObject) => withoutName(entry));
  };
  assertEquals(await listed("/v1/models", "data"), OPENAI);
  const one = await (await fetch(`${weir.url}/v1/models/both`)).json();
  assertEquals(withoutName(one), OPENAI[0]);
  assertEquals(await listed("/v1/models", "data", { "anthropic-version": "2023-06-01" }), [
    {
      max_input_tokens: 8_192,
      capabilities: { image_input: { supported: false }, thinking: { supported: false } },
    },
    {
      max_input_tokens: 32_768,
      max_tokens: 4_096,
      capabilities: { image_input: { supported: false }, thinking: { supported: true } },
    },
    { max_input_tokens: 8_192, capabilities: { image_input: { supported: true } } },
    {},
  ]);
  await checkOthers(weir.url);
  const codex = await listed("/v1/models?client_version=0.171.0", "models");
  assertEquals(
    codex.map((model: JsonObject) => [model.context_window, model.input_modalities]),
    [[8_192, ["text"]], [32_768, ["text"]], [8_192, undefined], [undefined, undefined]],
  );
  const catalog = await listed("/api/v1/models", "data");
  assertEquals(
    catalog.map((
      { context_length, max_completion_tokens, supported_parameters, architecture }: JsonObject,
    ) => [context_length, max_completion_tokens, supported_parameters, architecture]),
    [
      [32_768, 4_096, ["tools", "tool_choice", "reasoning"], {
        input_modalities: ["text"],
        output_modalities: ["text"],
      }],
      [8_192, null, ["tools", "tool_choice"], {
        input_modalities: ["text", "image"],
        output_modalities: ["text"],
      }],
      [null, null, null, { input_modalities: ["text"], output_modalities: ["embeddings"] }],
    ],
  );
});

/** Gemini's list and what Ollama shows of a model. */
async function checkOthers(url: string): Promise<void> {
  const { models } = await (await fetch(`${url}/v1beta/models`)).json();
  assertEquals(
    models.map((model: JsonObject) => [
      model.inputTokenLimit,
      model.outputTokenLimit,
      model.thinking,
    ]),
    [
      [8_192, undefined, false],
      [32_768, 4_096, true],
      [8_192, undefined, undefined],
      [undefined, undefined, undefined],
    ],
  );
  const asked = { method: "POST", body: JSON.stringify({ model: "vllm" }) };
  const shown = await (await fetch(`${url}/api/show`, asked)).json();
  const { "general.architecture": family } = shown.model_info;
  assertEquals(shown.model_info[`${family}.context_length`], 32_768);
  assertEquals(shown.capabilities, ["completion", "tools", "thinking"]);
}

/** Without what every model has. */
function withoutName(
  {
    id: _id,
    object: _object,
    created: _created,
    owned_by: _owner,
    type: _type,
    display_name: _name,
    created_at: _at,
    ...rest
  }: JsonObject,
): JsonObject {
  return rest;
}
