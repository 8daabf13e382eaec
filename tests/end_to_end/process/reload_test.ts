/** What happens to calls, and to what comes after them, when the configuration changes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { type Provider, startProvider } from "../../support/provider.ts";
import { openSocket } from "../../support/socket_client.ts";
import { type WorkingDirectory, workingDirectory } from "../../support/working_directory.ts";

const FILE = "weir.jsonc";

async function write(directory: WorkingDirectory, config: unknown): Promise<void> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  await Deno.writeTextFile(`${directory.path}/${FILE}`, text);
}

/** Signals a reload and waits for the log's word on it, the `count`th in all. */
async function reload(weir: Program, count = 1): Promise<string> {
  weir.signal("SIGHUP");
  const word = `"message":"(?:reloaded|reload refused)".*\\n`;
  const [printed] = await weir.printed(new RegExp(`(?:${word}[^]*){${count}}`));
  return printed.slice(printed.lastIndexOf('"message":"reload'));
}

function ask(
  weir: Program,
  prompt: string,
  options: { key?: string; model?: string; stream?: boolean } = {},
) {
  const { key, model = "m", stream = false } = options;
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: prompt }] }),
  });
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

Deno.test("a reload cuts none of 50 live streams, and what comes after it is under the new settings", async () => {
  await using first = startProvider();
  await using second = startProvider();
  const providers = {
    compatible: { a: { baseUrl: first.baseUrl }, b: { baseUrl: second.baseUrl } },
  };
  await using directory = await workingDirectory({});
  await write(directory, { upstreams: providers, routing: { aliases: { fast: "a/m" } } });
  await using weir = await startProgram({ cwd: directory.path });

  const responses = await Promise.all(
    Array.from(
      { length: 50 },
      () => ask(weir, "[tokens=60] [pace=80]", { model: "fast", stream: true }),
    ),
  );
  // Settled, so that a failure elsewhere is what the test reports.
  const running = Promise.allSettled(responses.map((response) => response.text()));
  await write(directory, {
    upstreams: providers,
    routing: { aliases: { fast: "b/m" } },
    auth: { apiKey: "a-new-key" },
  });
  const line = await reload(weir);
  assertStringIncludes(line, '"changed":"auth.apiKey, routing.aliases.fast"');
  assert(!line.includes("a-new-key"));

  assertEquals(await statusOf(ask(weir, "hi", { model: "fast" })), 401);
  assertEquals(await statusOf(ask(weir, "hi", { model: "fast", key: "a-new-key" })), 200);
  const callsOf = ({ requests }: Provider) => requests.filter(({ method }) => method === "POST");
  assertEquals(callsOf(second).length, 1);
  const whole = (await running).filter((stream) =>
    stream.status === "fulfilled" && stream.value.endsWith("data: [DONE]\n\n")
  );
  assertEquals(whole.length, 50);
  assertEquals(callsOf(first).length, 50);
  await weir.stop();
  const [before = "", after = ""] = weir.output().split('"message":"reloaded"');
  assert(!before.includes('"outcome"'), "the streams ran when the configuration changed");
  assertEquals(after.match(/"outcome":"complete"/g)?.length, 51);
});

Deno.test("a reload that is not valid is refused with every problem, and the old configuration serves on", async () => {
  await using directory = await workingDirectory({});
  await write(directory, { auth: { apiKey: "old-key" } });
  await using weir = await startProgram({ cwd: directory.path });
  const bad: readonly (readonly [config: string, says: readonly string[]])[] = [
    ['{ "auth": { "apiKey": "new-key" ', ['weir.jsonc:1:33: a \\"}\\" is missing']],
    [
      '{ "auth": { "apiKey": "new-key" },\n "retry": { "maxRetries": -1, "budgetMS": 1 } }',
      ["weir.jsonc:2:13: retry.maxRetries: must be", 'did you mean \\"budgetMs\\"?'],
    ],
  ];
  for (const [index, [config, says]] of bad.entries()) {
    await write(directory, config);
    const line = await reload(weir, index + 1);
    assertStringIncludes(line, "reload refused");
    for (const sentence of says) assertStringIncludes(line, sentence);
    assertEquals(await statusOf(ask(weir, "hi", { key: "old-key" })), 200);
    assertEquals(await statusOf(ask(weir, "hi", { key: "new-key" })), 401);
  }
  await Deno.remove(`${directory.path}/${FILE}`);
  assertStringIncludes(await reload(weir, 3), "weir.jsonc: cannot be read: there is no such file");
  await write(directory, { auth: { apiKey: "new-key" } });
  assertStringIncludes(await reload(weir, 4), '"changed":"auth.apiKey"');
  assertEquals(await statusOf(ask(weir, "hi", { key: "new-key" })), 200);
});

Deno.test("what is read once says that it needs a restart", async () => {
  await using directory = await workingDirectory({});
  await write(directory, {});
  await using weir = await startProgram({ cwd: directory.path });
  // The environment holds PORT, and wins.
  await write(directory, { server: { port: 1, environment: "new" }, log: { level: "debug" } });
  assertStringIncludes(await reload(weir), '"changed":"server.environment, log.level"');
  const [, settings] = await weir.printed(/"message":"restart needed".*"settings":"([^"]*)"/);
  assertEquals(settings, "log.level");
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(health.environment, "new");
});

Deno.test("a reload without a change changes nothing", async () => {
  await using directory = await workingDirectory({});
  await using weir = await startProgram({ cwd: directory.path });
  assertStringIncludes(await reload(weir), '"changed":""');
});

Deno.test("with --watch a file is read again when an editor writes it or puts another in its place", async () => {
  await using directory = await workingDirectory({ ".env": "NODE_ENV=env-1\n" });
  await Deno.writeTextFile(`${directory.path}/key`, "key-1\n");
  await write(directory, { auth: { apiKey: `file:${directory.path}/key` } });
  await using weir = await startProgram({ cwd: directory.path, args: ["serve", "--watch"] });
  assertEquals(await statusOf(ask(weir, "hi", { key: "key-1" })), 200);

  await Deno.writeTextFile(`${directory.path}/key`, "key-two\n");
  await weir.printed(/"message":"reloaded".*"changed":"auth.apiKey"/);
  assertEquals(await statusOf(ask(weir, "hi", { key: "key-1" })), 401);
  assertEquals(await statusOf(ask(weir, "hi", { key: "key-two" })), 200);

  await Deno.writeTextFile(`${directory.path}/new`, '{ "auth": { "apiKey": "key-3" }, }');
  await Deno.rename(`${directory.path}/new`, `${directory.path}/${FILE}`);
  await weir.printed(/(?:"changed":"auth.apiKey"[^]*){2}/);
  assertEquals(await statusOf(ask(weir, "hi", { key: "key-3" })), 200);

  await Deno.writeTextFile(`${directory.path}/.env`, "PROXY_API_KEY=key-env\n");
  await weir.printed(/"changed":"server.environment, auth.apiKey"/);
  assertEquals(await statusOf(ask(weir, "hi", { key: "key-env" })), 200);
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertMatch(health.environment, /^production$/);
});

Deno.test("a reload without any upstream is refused, and open sockets are served on as well", async () => {
  await using directory = await workingDirectory({});
  await write(directory, {});
  await using weir = await startProgram({ cwd: directory.path });
  await using client = await openSocket(weir.url);
  await write(directory, { upstreams: { fake: { enabled: "off" } } });
  const line = await reload(weir);
  assertStringIncludes(line, "reload refused");
  assertStringIncludes(line, "upstreams.fake.enabled: must not be off");
  client.ask("1", "hi", { stream: false });
  assertEquals((await client.ended("1")).type, "inference_response");
});
