/** An alias with several targets: what one of them fails, the next one answers. */

import { assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { ask, post, twoTargets, withoutTags } from "../../support/two_targets.ts";
import { endedWith, together } from "../../support/together.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** Long enough for any healthy answer, however busy the machine. */
const SHORT_CLOCKS = {
  FIRST_BYTE_TIMEOUT_MS: "2000",
  FIRST_CONTENT_TIMEOUT_MS: "2000",
  IDLE_TIMEOUT_MS: "2000",
};

const FAILURES: readonly { readonly prompt: string; readonly forms?: readonly boolean[] }[] = [
  ...[401, 403, 404, 408, 429, 500, 503, 504].map((status) => ({ prompt: `[${status}]` })),
  { prompt: "[quota]" },
  { prompt: "[429] [retry-after=3600]" },
  { prompt: "[502] [html]" },
  { prompt: "[empty]" },
  { prompt: "[error=0]" },
  { prompt: "[error=1]" },
  { prompt: "[cut=0]" },
  { prompt: "[cut=1]" },
  { prompt: "[malformed=1]", forms: [false] },
];

const test = together("two targets that fail before or after their output", async () => {
  const first = startProvider();
  const second = startProvider(0, withoutTags);
  // What one failure asks for would keep the next from the first target.
  const env = twoTargets(first, second, { ...SHORT_CLOCKS, COOLDOWN: "off", PACING: "off" });
  return endedWith({ first, second, weir: await startProgram({ env }) });
});

/** Asks the second target alone and both: the answers must be the same, byte for byte. */
async function expectFailover(weir: Program, prompt: string, stream: boolean): Promise<void> {
  const title = `${prompt} ${stream ? "stream" : "JSON"}`;
  const alone = await ask(weir, "one", prompt, stream);
  const answer = await ask(weir, "both", prompt, stream);
  assertEquals([answer.status, answer.upstream, answer.attempts], [200, "second", "2"], title);
  assertEquals(answer.text, alone.text, title);
}

test("every failure before output is answered by the next target, byte for byte as by it alone", async ({ weir, second }) => {
  for (const { prompt, forms = [false, true] } of FAILURES) {
    for (const stream of forms) await expectFailover(weir, prompt, stream);
  }
  await weir.printed(/"attempts":2,"failed_targets":"first\/model 401 upstream_auth_failed"/);
  const before = second.requests.length;
  const healthy = await ask(weir, "both", "hello", true);
  assertEquals([healthy.upstream, healthy.attempts], ["first", "1"]);
  assertEquals(second.requests.length, before);
  assertEquals(healthy.text, (await ask(weir, "one", "hello", true)).text);
});

test("every time-out before output is answered by the next target", async ({ weir }) => {
  await Promise.all(
    ["[slow=60000]", "[stall=0]", "[stall=1]"].flatMap((prompt) =>
      [false, true].map((stream) => expectFailover(weir, prompt, stream))
    ),
  );
});

Deno.test("what cannot be connected to is answered by the next target", async () => {
  await using second = startProvider();
  const gone = startProvider();
  await gone.stop();
  await using weir = await startProgram({ env: twoTargets(gone, second) });
  for (const stream of [false, true]) {
    const { status, upstream: provider, attempts } = await ask(weir, "both", "hello", stream);
    assertEquals([status, provider, attempts], [200, "second", "2"]);
  }
});

test("faults of the request, and failures after output, stay with the target (T16)", async ({ weir, second }) => {
  const before = second.requests.length;
  for (const status of [400, 413, 422]) {
    const answer = await ask(weir, "both", `[${status}]`);
    assertEquals([answer.status, answer.upstream, answer.attempts], [status, "first", "1"]);
  }
  for (const prompt of ["[cut=3]", "[error=3]", "[stall=3]"]) {
    const answer = await ask(weir, "both", prompt, true);
    assertEquals([answer.status, answer.upstream, answer.attempts], [200, "first", "1"], prompt);
    assertMatch(answer.text, /"content":"hello"[\s\S]*data: \{"error":\{.*\n\n$/, prompt);
  }
  const asked = second.requests.slice(before);
  assertEquals(asked.filter(({ path }) => path.endsWith("/completions")), []);
});

Deno.test("the model is named to each target as it is called there, and OpenRouter's own list stays", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  const env = twoTargets(first, second, { MODEL_ALIASES: "both=first/small|second/large" });
  await using weir = await startProgram({ env });
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"model":"both","models":["x/y","z"],"messages":[{"role":"user","content":"[500]"}]}`,
  });
  assertEquals([response.status, response.headers.get("x-weir-upstream")], [200, "second"]);
  await response.body?.cancel();
  const bodies = [first, second].map(({ requests }) =>
    JSON.parse(requests.find(({ path }) => path.endsWith("/completions"))?.body ?? "{}")
  );
  assertEquals(bodies.map(({ model }) => model), ["small", "large"]);
  assertEquals(bodies.map(({ models }) => models), [["x/y", "z"], ["x/y", "z"]]);
});

Deno.test("a client that leaves between tries ends them (T04)", async () => {
  await using first = startProvider();
  await using second = startProvider();
  const env = {
    MAX_RETRIES: "5",
    BASE_RETRY_DELAY: "600",
    MAX_RETRY_DELAY: "600",
    RETRY_BUDGET: "3600",
  };
  await using weir = await startProgram({ env: twoTargets(first, second, env) });
  const controller = new AbortController();
  const response = post(weir, {
    model: "both",
    content: "[500]",
    stream: true,
    signal: controller.signal,
  });
  response.catch(() => {});
  await second.answered("done");
  controller.abort();
  await weir.printed(/"outcome":"client_gone".*"attempts":2/);
});

Deno.test("a client that leaves cancels the target that is being tried (T04)", async () => {
  await using first = startProvider();
  await using second = startProvider(0, (body) => body.replace("[500]", "[slow=60000]"));
  await using weir = await startProgram({
    env: twoTargets(first, second),
  });
  for (const stream of [false, true]) {
    const sinceMs = performance.now();
    const controller = new AbortController();
    const response = post(weir, {
      model: "both",
      content: "[500]",
      stream,
      signal: controller.signal,
    });
    response.catch(() => {});
    await second.answered("open", sinceMs);
    controller.abort();
    await second.answered("cancelled", sinceMs);
  }
});

Deno.test("weights say who is tried first, and 0 who is tried last", async () => {
  await using first = startProvider(0, withoutTags);
  await using second = startProvider();
  const aliases = {
    both: ["first/m", "second/m"],
    drawn: [{ target: "first/m", weight: 0 }, { target: "second/m", weight: 3 }],
  };
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ routing: { aliases } }),
  });
  const { MODEL_ALIASES: _, ...env } = twoTargets(first, second);
  await using weir = await startProgram({ cwd: directory.path, env });
  for (let call = 0; call < 5; call++) {
    assertEquals((await ask(weir, "both", "hello")).upstream, "first");
    assertEquals((await ask(weir, "drawn", "hello")).upstream, "second");
  }
  assertEquals((await ask(weir, "drawn", "[500]")).upstream, "first");
});
