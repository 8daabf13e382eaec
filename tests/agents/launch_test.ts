/** `weir launch` with each agent as it comes from npm: it answers, through Weir, and its files stay as they are. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { makeHome } from "./agent.ts";
import { launch, LAUNCHED } from "./launched.ts";

const KEY = "weir-key-of-the-launches";
const MODEL = "fake-model";
const SAID = "hello world";

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

for (const launched of LAUNCHED) {
  const { name, agent, surface, settings } = launched;
  Deno.test(`weir launch ${name}`, async () => {
    await using weir = await startProgram({ env: { PROXY_API_KEY: KEY, FAKE: "on" } });
    const home = await makeHome();
    const finished = await launch(launched, { url: weir.url, key: KEY, model: MODEL }, home);
    const told = `${finished.stdout}\n${finished.stderr}\n${weir.output()}`;
    assertEquals(finished.code, 0, told);
    const { text, isError } = await agent.answerOf(finished);
    assert(!isError, told);
    assertStringIncludes(text, SAID);
    // The log is written in batches, and the agent may have ended before its last line is.
    await weir.printed(new RegExp(`"message":"call".*"surface":"${surface}".*"status":200`));
    const calls = weir.output().split("\n").filter((line) => line.includes('"message":"call"'))
      .map((line) => JSON.parse(line));
    assertEquals(calls.map(({ model }) => model), calls.map(() => MODEL), told);
    // Whatever it writes there by itself, Weir is not in it.
    const written = await textOf(`${home}/${settings}`) ?? "";
    assert(!/weir|127\.0\.0\.1/i.test(written), written);
    await Deno.remove(home, { recursive: true });
  });
}
