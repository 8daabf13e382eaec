/**
 * Holds what docs/providers.md says of presets against them. `deno task docs` writes it anew.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PROVIDER_VARIABLES } from "../../src/providers/registry.ts";
import type { DroppedField } from "../../src/providers/compatible/field_rules.ts";
import type { Preset } from "../../src/providers/presets/preset.ts";
import { PRESETS } from "../../src/providers/presets/presets.ts";
import { holdPart } from "../support/generated_part.ts";
import { providersOf } from "./providers_of.ts";

const PAGE = new URL("../../docs/providers.md", import.meta.url);

const FORMATS = { chat: "Chat Completions", responses: "Responses", messages: "Messages" };
const QUIRKS = {
  developer_is_system: "A developer's messages become the system's.",
  nine_character_call_ids: "Ids of calls become nine letters and digits.",
  marked_prefix: "An answer as the last message is marked as the beginning of the next.",
  reasoning_with_calls:
    "Earlier answers that called tools get an empty `reasoning_content` where they have none.",
  free_tool_choice:
    "`tool_choice` is left out where it is not `auto`, and told in `x-weir-warning`; `none` takes the tools out.",
  asks_to_stream_calls: "`tool_stream` is set for streams with tools.",
};

function section([name, preset]: readonly [string, Preset]): string {
  const { title, baseUrl, formats = ["chat"], others = ["completions", "embeddings"] } = preset;
  const prefix = name.toUpperCase();
  const { drop = [], rename = {} } = preset.rules ?? {};
  const lines = [
    baseUrl === undefined
      ? `Switched on by \`${prefix}_BASE_URL\`; \`${prefix}_API_KEY\` is its key, where it wants one.`
      : `Switched on by \`${prefix}_API_KEY\`. Address: \`${baseUrl}\`.`,
    `Chats: ${formats.map((format) => FORMATS[format]).join(", ")}${
      preset.messagesPath === undefined ? "" : ` (Messages below \`${preset.messagesPath}\`)`
    }.${others.length === 0 ? "" : ` Also ${others.join(" and ")}.`}`,
    ...(drop.length === 0 ? [] : [`Left out: ${drop.map(dropped).join(", ")}.`]),
    ...Object.entries(rename).map(([from, to]) => `\`${from}\` is sent as \`${to}\`.`),
    ...(preset.quirks ?? []).map((quirk) => QUIRKS[quirk]),
    ...(preset.list?.startsWith("//") ? [`Its list is at \`${preset.list.slice(1)}\`.`] : []),
    ...(preset.notes ?? []),
  ];
  return [`### ${title} (\`${name}\`)`, "", ...lines.map((line) => `- ${line}`), ""].join("\n");
}

function dropped(rule: string | DroppedField): string {
  if (typeof rule === "string") return `\`${rule}\``;
  const { field, models, value } = rule;
  if (value !== undefined) return `\`${field}\` where it is ${value}`;
  return `\`${field}\`${models === undefined ? "" : ` for models like \`/${models.source}/\``}`;
}

Deno.test("docs/providers.md tells of each preset what its row says", async () => {
  await holdPart(PAGE, "presets", Object.entries(PRESETS).map(section).join("\n").trimEnd());
});

Deno.test("a key alone switches its provider on, not the fake, after all that were there before", () => {
  const names = (environment: Readonly<Record<string, string>>) =>
    providersOf(environment).map(({ name }) => name);
  assertEquals(names({ ANTHROPIC_API_KEY: "k" }), ["anthropic"]);
  assertEquals(names({ GROQ_API_KEY: "k" }), ["groq"]);
  const before = { UPSTREAM_OWN_BASE_URL: "http://h", ANTHROPIC_API_KEY: "k" };
  assertEquals(names({ ZAI_API_KEY: "k", GROQ_API_KEY: "k", ...before }), [
    "own",
    "anthropic",
    "groq",
    "zai",
  ]);
  // An upstream of one's own that is called so stays what it was.
  const own = providersOf({ GROQ_API_KEY: "k", UPSTREAM_GROQ_BASE_URL: "http://mine" });
  assertEquals(own.map(({ name, target }) => `${name} ${target}`), ["groq http://mine/v1"]);
  assertEquals(names({ ...before, VLLM_API_KEY: "k" }), ["own", "anthropic"]);
  assertEquals(names({ ...before, VLLM_BASE_URL: "http://h" }), ["own", "anthropic", "vllm"]);
});

Deno.test("every provider with keys takes several, each in its own form", () => {
  const lists = PROVIDER_VARIABLES.map(([name]) => name).filter((name) => name.endsWith("_KEYS"));
  for (const variable of lists) {
    const named = variable.replace("<NAME>", "OWN");
    const baseUrl = named.replace("_API_KEYS", "_BASE_URL");
    const [provider] = providersOf({ [named]: "one, two", [baseUrl]: "http://h" });
    const request = provider?.prepareModels("id") ??
      { method: "GET", url: new URL("http://h"), headers: [] };
    const carried = provider?.keys?.map((key) =>
      key.authorize(request).headers.filter(([, value]) => /\b(one|two)$/.test(value))
    );
    const [name, scheme] = variable.startsWith("ANTHROPIC")
      ? ["x-api-key", ""]
      : variable.startsWith("GEMINI")
      ? ["x-goog-api-key", ""]
      : ["authorization", "Bearer "];
    assertEquals(carried, [[[name, `${scheme}one`]], [[name, `${scheme}two`]]], variable);
    assertEquals(provider?.isMetered, true, variable);
    assertEquals(request.headers.some(([, value]) => /\b(one|two)$/.test(value)), false, variable);
  }
});
