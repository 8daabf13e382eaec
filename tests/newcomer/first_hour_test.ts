/**
 * What somebody does who has nothing but the program and an empty folder.
 *
 * Addresses, names and lines are taken from what it prints, as a person would take them.
 *
 * @module
 */

import { Ajv } from "ajv";
import { parse } from "jsonc-parser";
import OpenAI from "openai";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  CHAT_END,
  chatAnswer,
  chatEvent,
  type HandProvider,
  type HandRequest,
  startHandProvider,
} from "../support/hand_provider.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

const STREAMS = 50;

function clientOf(weir: Program): OpenAI {
  return new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: "none", maxRetries: 0 });
}

function ask(model: string, content: string) {
  return { model, messages: [{ role: "user" as const, content }] };
}

/** Whoever answers says so in a header. */
async function upstreamOf(weir: Program, model: string): Promise<string | null> {
  const { response } = await clientOf(weir).chat.completions.create(ask(model, "hi"))
    .withResponse();
  return response.headers.get("x-weir-upstream");
}

/** Resolves with the text; `onFirst` is called with the first piece of it. */
async function stream(weir: Program, model: string, onFirst: () => void): Promise<string> {
  const chunks = await clientOf(weir).chat.completions.create({
    ...ask(model, "hi"),
    stream: true,
  });
  let text = "";
  for await (const { choices: [choice] } of chunks) {
    if (text === "" && choice?.delta.content) onFirst();
    text += choice?.delta.content ?? "";
  }
  return text;
}

/** A folder, and the addresses of the two upstreams of its configuration. */
interface Setup {
  readonly path: string;
  readonly one: string;
  readonly two: string;
}

interface Running extends Setup {
  readonly weir: Program;
}

/** A configuration as the schema's first lines suggest it, with two upstreams and an alias. */
function configText({ one, two }: Setup, alias: string): string {
  return `{
  "$schema": "./weir.schema.json",
  "upstreams": {
    "compatible": {
      "one": { "baseUrl": "${one}" },
      "two": { "baseUrl": "${two}" }, // A second one.
    },
  },
  "routing": { "aliases": { "fast": "${alias}" } },
}
`;
}

Deno.test("from an empty folder: a first answer, without any setting", async () => {
  await using folder = await workingDirectory({});
  await using weir = await startProgram({ args: [], cwd: folder.path });
  const { choices } = await clientOf(weir).chat.completions.create(ask("any-model", "hello"));
  assertEquals(choices[0]?.message.content, "hello world");
  assertEquals((await weir.stop()).code, 0);
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), [], "it leaves nothing behind");
});

function command({ path }: Setup, ...args: string[]) {
  return runProgram({ args, cwd: path });
}

async function writeConfig(setup: Setup, alias: string): Promise<string> {
  const text = configText(setup, alias);
  await Deno.writeTextFile(`${setup.path}/weir.jsonc`, text);
  return text;
}

async function checksWhatTheSchemaAllows(place: Setup): Promise<void> {
  const { output: schema } = await command(place, "schema");
  await Deno.writeTextFile(`${place.path}/weir.schema.json`, schema);
  const text = await writeConfig(place, "one/fake-model");
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(schema));
  const file = parse(text, [], { allowTrailingComma: true });
  assert(validate(file), JSON.stringify(validate.errors));
  const checked = await command(place, "check");
  assertEquals(checked.code, 0, checked.output);
  assertStringIncludes(checked.output, `//   one: ${place.one} (weir.jsonc:5:`);
  assertStringIncludes(checked.output, '//   fast -> "fake-model" of one\n');
}

async function triesProviders(place: Setup): Promise<void> {
  const [tried, models] = await Promise.all([command(place, "doctor"), command(place, "models")]);
  assertMatch(tried.output, /^ok {6}one: 2 models at .*\nok {6}two: 2 models at /);
  assertMatch(models.output, /^fast\none\/fake-model\n[^]*^two\/fake-model$/m);
  assertEquals([tried.code, models.code], [0, 0]);
}

async function reloadsWhileStreamsRun(place: Running, provider: HandProvider): Promise<void> {
  const { weir } = place;
  const upstream: ReturnType<HandRequest["stream"]>[] = [];
  provider.answerOthers((request) => {
    const answer = request.stream();
    answer.write(chatEvent("hello"));
    upstream.push(answer);
  });
  let begun = 0;
  const allBegun = Promise.withResolvers<void>();
  const onFirst = () => {
    if (++begun === STREAMS) allBegun.resolve();
  };
  const streams = Promise.all(
    Array.from({ length: STREAMS }, () => stream(weir, "fast", onFirst)),
  );
  // None of them can end before it is told to.
  await Promise.race([allBegun.promise, streams]);
  await writeConfig(place, "two/fake-model");
  weir.signal("SIGHUP");
  const [line] = await weir.printed(/.*"message":"reloaded".*/);
  assertStringIncludes(line, '"changed":"routing.aliases.fast"');
  assertEquals(await upstreamOf(weir, "fast"), "two");
  for (const answer of upstream) {
    answer.write(chatEvent(" world") + CHAT_END);
    answer.end();
  }
  assertEquals(await streams, Array(STREAMS).fill("hello world"));
}

async function refusesWhatIsNotValid(place: Running): Promise<void> {
  const { weir, path } = place;
  const text = await writeConfig(place, "two/fake-model");
  await Deno.writeTextFile(`${path}/weir.jsonc`, text.replace("aliases", "alias"));
  weir.signal("SIGHUP");
  const [line] = await weir.printed(/.*"message":"reload refused".*/);
  const problem = 'routing.alias: there is no such option; did you mean "aliases"?';
  assertStringIncludes(line, JSON.stringify(problem).slice(1, -1));
  assertEquals(await upstreamOf(weir, "fast"), "two");
  assertEquals(await command(place, "check"), {
    code: 1,
    output: `weir.jsonc:9:16: ${problem}\n`,
  });

  await Deno.writeTextFile(`${path}/weir.jsonc`, text.replace("fast", "quick"));
  weir.signal("SIGHUP");
  await weir.printed(/(?:"message":"reloaded"[^]*){2}/);
  assertEquals(await upstreamOf(weir, "quick"), "two");
}

Deno.test("from an empty folder: two upstreams and an alias, changed while 50 streams run", async (t) => {
  await using folder = await workingDirectory({});
  const { path } = folder;
  await using first = await startProgram({ args: ["fake"], cwd: path });
  await using second = await startProgram({ args: ["fake"], cwd: path });
  const setup = { path, one: `${first.url}/v1`, two: `${second.url}/v1` };
  await t.step("a file is written by the schema, and checked", () => {
    return checksWhatTheSchemaAllows(setup);
  });
  await t.step("the upstreams are tried, and their models listed", () => triesProviders(setup));

  await using provider = startHandProvider();
  const changed = { ...setup, one: provider.baseUrl };
  await writeConfig(changed, "one/fake-model");
  await using weir = await startProgram({ args: [], cwd: path });
  await t.step("the alias and the names lead where they should", async () => {
    assertStringIncludes(weir.output(), "  config weir.jsonc\n");
    provider.answerOthers((request) => request.json(chatAnswer("hello")));
    assertEquals(await upstreamOf(weir, "fast"), "one");
    assertEquals(await upstreamOf(weir, "two/fake-model"), "two");
  });
  await t.step("a reload cuts none of the streams and holds for what comes next", () => {
    return reloadsWhileStreamsRun({ ...changed, weir }, provider);
  });
  await t.step("a reload that is not valid says what to do, and changes nothing", () => {
    return refusesWhatIsNotValid({ ...changed, weir });
  });
  await t.step("it ends when it is told to, and every call has its line", async () => {
    assertEquals((await weir.stop()).code, 0);
    assertEquals(weir.output().match(/"outcome":"complete"/g)?.length, STREAMS + 5);
  });
});
