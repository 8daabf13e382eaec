/** The admin API and the console: hostile parameters, bodies and callers, over calls with hostile names. */

import { assert, assertEquals } from "@std/assert";
import { adminOf } from "../support/admin.ts";
import { chosen } from "./choice.ts";
import { adminInputs } from "./console/admin_inputs.ts";
import { type HostileInput, requestOf, wireOf } from "./hostile_input.ts";
import { HOSTILE_TEXTS } from "./hostile_texts.ts";
import { SECRETS } from "./judge.ts";
import { startHealthyProvider } from "./requests/healthy_provider.ts";
import { GOOD_CHAT, startScene } from "./scene.ts";

/** So that what is asked for is there: calls whose models, users and tags are the texts. */
const CALLS: readonly HostileInput[] = HOSTILE_TEXTS.map(({ name, text }) => ({
  name: `a call of ${name}`,
  statuses: [200, 400],
  errors: "openai",
  wire: () =>
    requestOf({
      method: "POST",
      target: "/v1/chat/completions",
      body: wireOf(JSON.stringify({
        model: text,
        user: text,
        metadata: { a: text },
        messages: [{ role: "user", content: text }],
      })),
    }),
}));

/** A page that shows a call's text as more than text would be HTML; these are data. */
function assertData(type: string, text: string): void {
  assert(/^(application\/json|text\/csv)/.test(type), type);
  if (type.startsWith("text/csv")) {
    assert(!/^[=+@-]/m.test(text.replaceAll(/^-?\d/gm, "")), text.slice(0, 300));
  } else JSON.parse(text);
}

Deno.test("the admin API takes hostile parameters, bodies and callers for what they are", async (test) => {
  await using provider = startHealthyProvider();
  await using scene = await startScene({
    env: { OPENAI_BASE_URL: provider.baseUrl },
    goodCall: GOOD_CHAT,
  });
  const ask = adminOf(scene.weir);
  const given = { key: SECRETS.admin };
  await test.step(`${CALLS.length} calls`, () => scene.play(CALLS, scene.send));
  const { json: document } = await ask("/openapi.json", given);
  const signedIn = await ask("/session", { key: null, body: { key: SECRETS.admin } });
  assertEquals(signedIn.status, 204);
  const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
  for (const [kind, all] of Object.entries(adminInputs(document, cookie))) {
    const inputs = chosen(all);
    await test.step(`${inputs.length} ${kind}`, () => scene.play(inputs, scene.send));
  }
  await test.step("what is shown of them is data", async () => {
    for (const path of ["/calls?limit=500", "/usage?group=model", "/models", "/audit", "/keys"]) {
      const { headers, text } = await ask(path, given);
      assertData(headers.get("content-type") ?? "", text);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    }
    const csv = await ask("/usage?group=model", { ...given, headers: { accept: "text/csv" } });
    assertData(csv.headers.get("content-type") ?? "", csv.text);
  });
  assertEquals(provider.problems, []);
  await scene.close();
});
