/** Named keys: made by `weir key new`, kept as hashes, changed without a restart. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { askIn, CLIENT_APIS, MESSAGES_API } from "../../support/client_api.ts";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const FILE = "weir.jsonc";

interface NewKey {
  readonly key: string;
  readonly entry: Record<string, unknown>;
}

async function makeKey(...args: string[]): Promise<NewKey> {
  const { code, output } = await runProgram({ args: ["key", "new", ...args] });
  assertEquals(code, 0, output);
  const key = /^weir_[\w-]{43}$/m.exec(output)?.[0] ?? "";
  const entry = JSON.parse(/^\{ "name": .*\}$/m.exec(output)?.[0] ?? "");
  assertMatch(output, /not stored/);
  assertEquals(JSON.stringify(entry).includes(key.slice("weir_".length)), false);
  return { key, entry };
}

function ask(weir: Program, key: string, path = "/v1/models", body?: unknown): Promise<Response> {
  return fetch(weir.url + path, {
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
}

async function resultOf(response: Promise<Response>): Promise<string> {
  const { status, ...rest } = await response.then(async (answer) => ({
    status: answer.status,
    json: await answer.json(),
  }));
  return [status, rest.json.error?.code].filter((fact) => fact !== undefined).join(" ");
}

Deno.test("weir key new makes a key and the entry that knows it, and another one each time", async () => {
  const { key, entry } = await makeKey("ci");
  assertEquals(Object.keys(entry), ["name", "hash"]);
  assertEquals(entry.name, "ci");
  assertMatch(String(entry.hash), /^sha256:[0-9a-f]{64}$/);
  const other = await makeKey("ci", "--models", "gpt-*, claude-*", "--expires", "2100-01-01");
  assert(other.key !== key);
  assertEquals(other.entry.models, ["gpt-*", "claude-*"]);
  assertEquals(other.entry.expires, "2100-01-01");
  const wrong = [
    [],
    ["a b"],
    ["default"],
    ["ci", "--expires", "soon"],
    ["ci", "--expires", "2020-01-01"],
    ["ci", "--models", ","],
  ];
  for (const args of wrong) {
    const { code, output } = await runProgram({ args: ["key", "new", ...args] });
    assertEquals([code, output.includes("weir_")], [2, false], output);
  }
});

Deno.test("a named key passes under its name, until it expires or is disabled", async () => {
  const [good, old, off] = await Promise.all([
    makeKey("good"),
    makeKey("old"),
    makeKey("off"),
  ]);
  const keys = [
    good.entry,
    { ...old.entry, expires: "2020-01-01T00:00:00+02:00" },
    { ...off.entry, disabled: true },
  ];
  await using directory = await workingDirectory({ [FILE]: JSON.stringify({ auth: { keys } }) });
  await using weir = await startProgram({ cwd: directory.path });
  assertEquals(await resultOf(ask(weir, good.key)), "200");
  assertEquals(await resultOf(ask(weir, old.key)), "401 api_key_expired");
  assertEquals(await resultOf(ask(weir, off.key)), "401 api_key_disabled");
  assertEquals(await resultOf(ask(weir, String(good.entry.hash))), "401 invalid_api_key");
  assertEquals(await resultOf(fetch(`${weir.url}/v1/models`)), "401 missing_api_key");
  const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };
  assertEquals(await resultOf(ask(weir, good.key, "/v1/chat/completions", chat)), "200");
  await weir.printed(/"principal":"good"/);
  for (const { key } of [good, old, off]) assert(!weir.output().includes(key));
});

Deno.test("a key for certain models sees and calls no others", async () => {
  await using provider = startProvider();
  const { key, entry } = await makeKey("limited", "--models", "fake-lab/*,small");
  const file = { auth: { keys: [entry] }, routing: { aliases: { small: "m", hidden: "m" } } };
  await using directory = await workingDirectory({ [FILE]: JSON.stringify(file) });
  await using weir = await startProgram({
    cwd: directory.path,
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
  });
  const chat = (model: string, more = {}) =>
    resultOf(
      ask(weir, key, "/v1/chat/completions", {
        model,
        messages: [{ role: "user", content: "hi" }],
        ...more,
      }),
    );
  for (const api of CLIENT_APIS) {
    const allowed = await askIn(api, weir, { model: "small", content: "hi", key });
    assertEquals([allowed.status, api.textOf(await allowed.text())], [200, "hello world"]);
    const refused = await askIn(api, weir, { model: "large", content: "hi", key });
    const error = api === MESSAGES_API ? "permission_error" : "model_not_allowed";
    assertEquals([refused.status, api.errorOf(await refused.text())], [403, error]);
  }
  const page = await fetch(`${weir.url}/v1/models?limit=1000`, {
    headers: { ...MESSAGES_API.headers, "x-api-key": key },
  });
  assertEquals((await page.json()).data.map(({ id }: { id: string }) => id), [
    "small",
    "fake-lab/fake-model",
  ]);
  assertEquals(await chat("small", { models: ["large"] }), "403 model_not_allowed");
  assertEquals(await resultOf(ask(weir, key, "/v1/files")), "403 model_not_allowed");
  const { data } = await (await ask(weir, key)).json();
  assertEquals(data.map(({ id }: { id: string }) => id), ["small", "fake-lab/fake-model"]);
  assertEquals(await resultOf(ask(weir, key, "/v1/models/small")), "200");
  assertEquals(await resultOf(ask(weir, key, "/v1/models/fake-lab/fake-model")), "200");
  assertEquals(await resultOf(ask(weir, key, "/v1/models/fake-model")), "404 model_not_found");
  assertEquals(await resultOf(ask(weir, key, "/v1/models/hidden")), "404 model_not_found");
  const service = await (await ask(weir, key, "/api/v1/models")).json();
  assertEquals(service.data.map(({ id }: { id: string }) => id), ["fake-lab/fake-model"]);
  assertEquals(
    provider.requests.filter(({ path, body }) => path.includes("files") || body.includes("large")),
    [],
  );
});

Deno.test("keys are exchanged by a reload, and calls that run go on", async () => {
  const [first, second] = await Promise.all([makeKey("ci"), makeKey("ci")]);
  await using directory = await workingDirectory({
    [FILE]: JSON.stringify({ auth: { keys: [first.entry] } }),
  });
  await using weir = await startProgram({ cwd: directory.path });
  const running = await ask(weir, first.key, "/v1/chat/completions", {
    model: "m",
    stream: true,
    messages: [{ role: "user", content: "[tokens=20] [pace=40]" }],
  });
  await Deno.writeTextFile(
    `${directory.path}/${FILE}`,
    JSON.stringify({ auth: { keys: [second.entry] } }),
  );
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded"/);
  assertEquals(await resultOf(ask(weir, first.key)), "401 invalid_api_key");
  assertEquals(await resultOf(ask(weir, second.key)), "200");
  assertMatch(await running.text(), /\[DONE\]\n\n$/);
});

Deno.test("a list of keys that cannot be used stops the start, and quotes no key", async () => {
  const { key, entry } = await makeKey("ci");
  const keys = [entry, { ...entry, hash: key }];
  await using directory = await workingDirectory({ [FILE]: JSON.stringify({ auth: { keys } }) });
  const { code, output } = await runProgram({ cwd: directory.path });
  assertEquals(code, 2, output);
  assertMatch(output, /auth\.keys\S*1\S*hash/);
  assert(!output.includes(key), output);
});
