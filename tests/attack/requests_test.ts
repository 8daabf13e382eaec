/** Hostile requests: heads, hosts, methods, paths and bodies, on every surface. */

import { assertEquals } from "@std/assert";
import { chosen } from "./choice.ts";
import { SECRETS } from "./judge.ts";
import { hostileBodies } from "./requests/bodies.ts";
import { hostileHeads, hostileHosts, hostileMethods } from "./requests/heads.ts";
import { startHealthyProvider } from "./requests/healthy_provider.ts";
import { hostilePaths } from "./requests/paths.ts";
import { GOOD_CHAT, startScene } from "./scene.ts";

const KINDS = {
  heads: hostileHeads,
  hosts: hostileHosts,
  methods: hostileMethods,
  paths: hostilePaths,
  bodies: hostileBodies,
};

Deno.test("hostile requests have their answers and harm nobody", async (test) => {
  await using provider = startHealthyProvider();
  await using scene = await startScene({
    env: {
      OPENAI_BASE_URL: provider.baseUrl,
      ANTHROPIC_BASE_URL: provider.baseUrl,
      ANTHROPIC_API_KEY: SECRETS.upstream,
      MAX_BODY_BYTES: "5000000",
    },
    goodCall: GOOD_CHAT,
  });
  for (const [kind, all] of Object.entries(KINDS)) {
    const inputs = chosen(all);
    await test.step(`${inputs.length} ${kind}`, () => scene.play(inputs, scene.send));
  }
  assertEquals(provider.problems, []);
  await scene.close();
});
