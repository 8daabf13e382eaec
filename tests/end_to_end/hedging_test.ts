/** A call that is slow to be answered is sent to a second target beside the first. */

import { assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";

const withoutTags = (body: string) => body.replaceAll(/\[[a-z]+=\d+\]/g, "");

for (const stream of [false, true]) {
  Deno.test(`a slow ${stream ? "stream" : "answer"} is overtaken, and its target sees the close`, async () => {
    await using first = startProvider();
    await using second = startProvider(0, withoutTags);
    await using weir = await startProgram({
      env: {
        UPSTREAM_FIRST_BASE_URL: first.baseUrl,
        UPSTREAM_SECOND_BASE_URL: second.baseUrl,
        MODEL_ALIASES: "both=first/m|second/m",
        HEDGE: "on",
        HEDGE_PERCENTILE: "50",
        HEDGE_MIN_SAMPLES: "3",
        HEDGE_MIN_DELAY_MS: "50",
        HEDGE_MAX_DELAY_MS: "1000",
        HEDGE_MAX_EXTRA_PERCENT: "100",
      },
    });
    const ask = async (content: string) => {
      const response = await fetch(`${weir.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "both", stream, messages: [{ role: "user", content }] }),
      });
      await response.text();
      return [response.status, response.headers.get("x-weir-upstream")];
    };
    for (let call = 0; call < 3; call++) assertEquals(await ask("hello"), [200, "first"]);
    assertEquals(await ask("[slow=60000]"), [200, "second"]);
    await first.answered("cancelled");
    await weir.printed(/"upstream":"second".*"outcome":"complete","attempts":2/);
  });
}
