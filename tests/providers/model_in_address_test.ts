/** A model's name is the caller's: it leads to a model, and to no other address of its provider. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Provider } from "../../src/core/provider/provider.ts";
import { providerOf } from "./providers_of.ts";

const AWS = { AWS_BEARER_TOKEN_BEDROCK: "k", BEDROCK_REGION: "us-east-1" };
const PROVIDERS = {
  gemini: providerOf({ GEMINI_API_KEY: "k" }),
  azure: providerOf({
    AZURE_OPENAI_ENDPOINT: "https://a.test",
    AZURE_OPENAI_API_KEY: "k",
    AZURE_OPENAI_API_VERSION: "v",
  }),
  bedrock: providerOf(AWS),
  "bedrock with bare slashes": providerOf({ ...AWS, BEDROCK_ARN_SLASH: "literal" }),
  vertex: providerOf({ VERTEX_PROJECT: "p" }),
};

/** Where a chat of the model goes, in the format of most use. */
function pathOf(provider: Provider, model: string): string {
  const [format] = provider.formatsOf?.(model).chat ?? provider.formats.chat ?? [];
  if (format === undefined) throw new Error("It speaks nothing");
  const body = new Uint8Array();
  const call = { id: "1", operation: "chat", wantsStream: false, headers: [], body } as const;
  return provider.prepare({ ...call, model, format }).url.pathname;
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  Deno.test(`${name}: no name of a model leads out of the models' addresses`, () => {
    const prefix = name === "vertex" ? "gemini-" : "m";
    const names = ["..", `${prefix}/..`, `${prefix}/../../x`, `${prefix}/./x`, `${prefix}\\..\\x`];
    const hidden = [
      `${prefix}/%2e%2E/x`,
      `${prefix}%2f..%2fx`,
      `${prefix}/..;a/x`,
      `${prefix}\r\nx`,
    ];
    for (const model of [...names, ...hidden, `${prefix}\ud800`]) {
      if (name === "vertex" && model === "..") continue; // Such a model stands in the body.
      const error = assertThrows(() => pathOf(provider, model), GatewayError);
      assertEquals([error.kind, error.param], ["invalid_request", "model"], model);
    }
    assertEquals(pathOf(provider, `${prefix}a..b?c#d`).endsWith("/x"), false);
  });
}

Deno.test("what stands in an address stays what it is", () => {
  const { gemini, azure, bedrock, vertex } = PROVIDERS;
  assertEquals(pathOf(gemini, "m..1?x#y"), "/v1beta/models/m..1%3Fx%23y:generateContent");
  assertEquals(
    pathOf(azure, "my.deployment"),
    "/openai/deployments/my.deployment/chat/completions",
  );
  const arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
  assertEquals(pathOf(bedrock, arn), `/model/${encodeURIComponent(arn)}/converse`);
  const google = "/v1/projects/p/locations/global/publishers/google/models";
  for (
    const model of ["gemini-3-pro", "google/gemini-3-pro", "publishers/google/models/gemini-3-pro"]
  ) {
    assertEquals(pathOf(vertex, model), `${google}/gemini-3-pro:generateContent`);
  }
});

Deno.test("Vertex serves a model by the beginning of its name, so that keys for some are for no others", () => {
  const { vertex } = PROVIDERS;
  const others = ["gemini-3-flash/claude-opus-4-5", "google/claude-opus-4-5", "x/gemini-3-pro"];
  const paths = others.map((model) => pathOf(vertex, model).split("/global/")[1]);
  assertEquals(paths, [
    "publishers/google/models/gemini-3-flash%2Fclaude-opus-4-5:generateContent",
    "endpoints/openapi/chat/completions",
    "endpoints/openapi/chat/completions",
  ]);
});
