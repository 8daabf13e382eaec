import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandHelp } from "../../../src/cli/command_line/help.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

async function output(...args: readonly string[]): Promise<string> {
  const result = await runProgram({ args });
  assertEquals(result.code, 0, result.output);
  return result.output;
}

Deno.test("the help names every command, and each command's help its options and an example", async () => {
  const help = await output("help");
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(help, `  ${name.padEnd(11)}  ${summary}\n`);
  }
  assertMatch(help, /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
  assert(!help.includes("\x1b["), "no colour where there is no terminal");
  for (const command of COMMANDS) {
    const own = commandHelp(command);
    assertStringIncludes(own, `Usage: weir ${command.name}`);
    for (const option of command.options) assertStringIncludes(own, `--${option.name}`);
  }
  assertStringIncludes(await output("fake", "--help"), "[tokens=N]");
});

Deno.test("weir schema prints the JSON Schema of the configuration file", async () => {
  const schema = JSON.parse(await output("schema"));
  assertEquals(schema.properties.server.properties.port.maximum, 65_535);
  assertMatch(schema.properties.server.properties.port.description, /port/);
});

Deno.test("weir env lists the variables", async () => {
  assertMatch(
    await output("env"),
    /^WEIR_CONFIG \(default weir\.jsonc\)\n {4}\S.*\nHOST \(default 0\.0\.0\.0\)\n/,
  );
});

Deno.test("the file may be named by --config, by WEIR_CONFIG, or lie in the working directory", async () => {
  const named = (name: string) => JSON.stringify({ server: { environment: name } });
  await using directory = await workingDirectory({
    "weir.jsonc": named("default"),
    "one.jsonc": named("one"),
    "two.jsonc": named("two"),
  });
  const cases = [
    [["serve"], {}, "default"],
    [["serve"], { WEIR_CONFIG: "one.jsonc" }, "one"],
    [["--config", "two.jsonc"], { WEIR_CONFIG: "one.jsonc" }, "two"],
  ] as const;
  for (const [args, env, expected] of cases) {
    await using weir = await startProgram({ args, env, cwd: directory.path });
    const health = await (await fetch(`${weir.url}/health`)).json();
    assertEquals(health.environment, expected);
  }
  const { code, output } = await runProgram({
    args: ["--config", "no.jsonc"],
    cwd: directory.path,
  });
  assertEquals(code, 2);
  assertStringIncludes(output, "no.jsonc: cannot be read: there is no such file");
});

Deno.test("options of the command line win over variables, and are named where they are wrong", async () => {
  await using weir = await startProgram({
    args: ["--host", "127.0.0.1"],
    env: { HOST: "no.such.host" },
  });
  assertEquals((await (await fetch(`${weir.url}/healthz`)).json()).ok, true);
  const { code, output } = await runProgram({ args: ["serve", "--port", "eighty"] });
  assertEquals(code, 2);
  assertMatch(output, /^--port: must be a whole number from 0 to 65535$/m);
});

Deno.test("weir healthcheck finds the gateway by its configuration file", async () => {
  await using weir = await startProgram();
  const { port } = new URL(weir.url);
  await using directory = await workingDirectory({
    "weir.jsonc": `{ "server": { "host": "127.0.0.1", "port": ${port} } }`,
  });
  const options = { args: ["healthcheck"], cwd: directory.path };
  assertEquals(await runProgram(options), { code: 0, output: "" });
  await weir.stop();
  assertEquals((await runProgram(options)).code, 1);
});
