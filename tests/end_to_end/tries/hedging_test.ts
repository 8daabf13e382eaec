/** A call that is slow to be answered is sent to a second target beside the first. */

import { assertEquals } from "@std/assert";
import { askIn, CHAT_API, type ClientApi, MESSAGES_API } from "../../support/client_api.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";

const withoutTags = (body: string) => body.replaceAll(/\[[a-z]+=\d+\]/g, "");

/** Of the second pair each target is asked in a format of its own. */
const FIRSTS: readonly (readonly [api: ClientApi, first: string])[] = [
  [CHAT_API, "first"],
  [MESSAGES_API, "anthropic"],
];

for (const [api, firstName] of FIRSTS) {
  Deno.test(`a slow answer to a client of ${api.name} is overtaken, and its target sees the close`, async () => {
    await using first = startProvider();
    await using second = startProvider(0, withoutTags);
    await using weir = await startProgram({
      env: {
        UPSTREAM_FIRST_BASE_URL: first.baseUrl,
        UPSTREAM_SECOND_BASE_URL: second.baseUrl,
        ANTHROPIC_API_KEY: "sk-upstream",
        ANTHROPIC_BASE_URL: first.baseUrl,
        MODEL_ALIASES: `both=${firstName}/m|second/m`,
        HEDGE: "on",
        HEDGE_PERCENTILE: "50",
        HEDGE_MIN_SAMPLES: "3",
        HEDGE_MIN_DELAY_MS: "50",
        HEDGE_MAX_DELAY_MS: "1000",
        HEDGE_MAX_EXTRA_PERCENT: "100",
      },
    });
    for (const stream of [false, true]) {
      const ask = async (content: string, id = crypto.randomUUID()) => {
        const response = await askIn(api, weir, { model: "both", stream, content, id });
        await response.text();
        return [response.status, response.headers.get("x-weir-upstream")];
      };
      for (let call = 0; call < 3; call++) assertEquals(await ask("hello"), [200, firstName]);
      const [sinceMs, id] = [performance.now(), crypto.randomUUID()];
      assertEquals(await ask("[slow=60000]", id), [200, "second"]);
      await first.answered("cancelled", sinceMs);
      await weir.printed(
        new RegExp(`"request_id":"${id}".*"upstream":"second".*"outcome":"complete","attempts":2`),
      );
    }
  });
}
