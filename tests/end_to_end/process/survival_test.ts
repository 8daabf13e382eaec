/** Bugs end one call and not the others, and a log that nobody takes ends nothing (T07). */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { readMetrics } from "../../support/metrics.ts";
import { binaryPath, commandLine, startProgram } from "../../support/program.ts";
import { ask, post } from "../../support/two_targets.ts";
import { until } from "../../support/until.ts";

Deno.test({
  name: "a bug that nothing catches is logged and counted, and running calls go on",
  // Its bugs have to be planted.
  ignore: binaryPath !== undefined,
  fn: async () => {
    await using weir = await startProgram({ entry: "tests/support/buggy_main.ts" });
    const content = "[tokens=30] [pace=25]";
    const stream = await post(weir, { model: "m", content, stream: true });
    for (const [index, name] of ["rejection", "timer", "value", "handler"].entries()) {
      const { status, body } = await fetch(`${weir.url}/bug/${name}`);
      assertEquals(status, name === "handler" ? 500 : 200);
      await body?.cancel();
      await weir.printed(new RegExp(`(?:"message":"unhandled"[^]*){${index + 1}}`));
    }
    for (const planted of ["planted rejection", "planted in a timer", "planted in the handler"]) {
      assertMatch(weir.output(), new RegExp(`"unhandled".*${planted}.*buggy_main.ts`));
    }
    assertEquals((await (await fetch(`${weir.url}/health`)).json()).bugs, 4);
    const metrics = await readMetrics(weir.url);
    assertEquals(metrics.sum("weir_unhandled_errors_total"), 4);
    assert((await stream.text()).endsWith("data: [DONE]\n\n"));
    assertEquals((await ask(weir, "m", "hi")).status, 200);
    assertEquals((await weir.stop()).code, 0);
  },
});

interface Mute {
  readonly url: string;
  readonly child: Deno.ChildProcess;
}

/** Starts the program with other outputs, in the words of a shell, so that it cannot say where it listens. */
async function startMute(redirections: string): Promise<Mute> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { program, args, env, cwd } = commandLine({
    env: {
      HOST: "127.0.0.1",
      PORT: `${port}`,
      LOG_LEVEL: "debug",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
    },
  });
  const child = new Deno.Command("bash", {
    args: ["-c", `exec "$@" ${redirections}`, "bash", program, ...args],
    env,
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  const isListening = async (): Promise<boolean> => {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    return response !== undefined;
  };
  try {
    await until(isListening);
    return { url, child };
  } catch (cause) {
    child.kill("SIGKILL");
    throw new Error(`With ${redirections} it does not listen`, { cause });
  }
}

async function servesAndStops({ url, child }: Mute): Promise<void> {
  try {
    for (let call = 0; call < 3; call++) {
      const answer = await post({ url }, { model: "m", content: "[cut=2]", stream: true });
      await answer.body?.cancel();
      const { status } = await ask({ url }, "m", "hi");
      assertEquals(status, 200);
    }
    // Such as a person at a terminal that is gone does.
    child.kill("SIGHUP");
    assertEquals((await (await fetch(`${url}/health`)).json()).bugs, 0);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
  } catch (thrown) {
    child.kill("SIGKILL");
    throw thrown;
  }
}

for (
  const [title, redirections] of [
    ["a disk that is full takes the log", ">/dev/full"],
    ["a disk that is full takes the log and the messages", ">/dev/full 2>&1"],
    ["there is no stdout", ">&-"],
    ["there is no stderr", "2>&-"],
    ["there is neither input nor output", "<&- >&- 2>&-"],
  ] as const
) {
  Deno.test(`${title}: Weir serves, and stops with exit code 0`, async () => {
    const mute = await startMute(redirections);
    await servesAndStops(mute);
    await Promise.all([mute.child.stdout.cancel(), mute.child.stderr.cancel()]);
  });
}

Deno.test("whoever read the log and the messages leaves: Weir serves, and stops with exit code 0", async () => {
  const mute = await startMute("");
  await Promise.all([mute.child.stdout.cancel(), mute.child.stderr.cancel()]);
  await servesAndStops(mute);
});

Deno.test("nobody reads the log, and its pipe is full: Weir serves, and stops with exit code 0", async () => {
  const mute = await startMute("");
  // More than the pipe and whoever holds its end take.
  const CALLS = 600;
  let begun = 0;
  await Promise.all(Array.from({ length: 20 }, async () => {
    while (begun++ < CALLS) assertEquals((await ask(mute, "m", "hi")).status, 200);
  }));
  await servesAndStops(mute);
  const [log] = await Promise.all([
    new Response(mute.child.stdout).text(),
    mute.child.stderr.cancel(),
  ]);
  const lines = log.match(/"message":"call"/g)?.length ?? 0;
  assert(lines < CALLS, `All ${lines} lines of the log found room`);
});

Deno.test("a reader that has seen enough is no failure, a full disk is one", async () => {
  const { program, args, env, cwd } = commandLine({ args: ["help"] });
  const run = async (script: string) => {
    const { code, stderr } = await new Deno.Command("bash", {
      args: ["-c", `set -o pipefail; ${script}`, "bash", program, ...args],
      env,
      cwd,
      stdin: "null",
    }).output();
    return [code, new TextDecoder().decode(stderr)] as const;
  };
  assertEquals(await run('"$@" | true'), [0, ""]);
  const [code, said] = await run('"$@" >/dev/full');
  assertEquals(code, 1);
  assertMatch(said, /^weir failed: .*No space left on device/);
});
