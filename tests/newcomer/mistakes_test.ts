/** What is said to somebody who calls the program wrongly, or where it cannot do what it is told. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../support/program.ts";
import { type WorkingDirectory, workingDirectory } from "../support/working_directory.ts";

interface Mistake {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** The first line that is printed. */
  readonly says: string;
}

const USAGE: readonly Mistake[] = [
  {
    args: ["key"],
    code: 2,
    says:
      "The command key needs more; write: weir key new|list|show|rotate|pause|resume|withdraw [NAME]",
  },
  {
    args: ["key", "new", "ci", "--models", " ,"],
    code: 2,
    says: "--models: must be 1 to 100 names of 1 to 200 characters",
  },
  {
    args: ["key", "new", "ci", "--expires", "2020-01-01"],
    code: 2,
    says: "--expires: is over already; write a later one",
  },
  {
    args: ["completions", "cmd.exe"],
    code: 2,
    says: 'The command completions knows no "cmd.exe"; it knows bash, zsh, fish',
  },
  {
    args: ["check", "a.jsonc", "--config", "b.jsonc"],
    code: 2,
    says: 'Name one file: "a.jsonc", or that of --config',
  },
  {
    args: ["healthcheck"],
    env: { PORT: "1" },
    code: 1,
    says: "http://127.0.0.1:1/healthz: the gateway refused the connection; " +
      "start it, or name its address by --host, --port or --config",
  },
  { args: ["help", "help"], code: 0, says: "weir help: Show this text, or the help of a command" },
];

async function assertSays(
  folder: WorkingDirectory,
  { args, env = {}, code, says }: Mistake,
): Promise<void> {
  const result = await runProgram({ args, env, cwd: folder.path });
  assertEquals([result.code, result.output.split("\n")[0]], [code, says], args.join(" "));
  assert(!result.output.includes("    at "), result.output);
}

Deno.test("a command that cannot be carried out says what to write instead", async () => {
  await using folder = await workingDirectory({});
  await Promise.all(USAGE.map((mistake) => assertSays(folder, mistake)));
});

Deno.test("an option of the command line is named as it was written", async () => {
  await using folder = await workingDirectory({});
  const mistakes = [
    [["--port", "x"], {}, "--port"],
    [["fake", "--port", "x"], {}, "--port"],
    [["fake"], { PORT: "x" }, "PORT"],
  ] as const;
  await Promise.all(mistakes.map(async ([args, env, place]) => {
    const { code, output } = await runProgram({ args, env, cwd: folder.path });
    const problem = `${place}: must be a whole number from 0 to 65535`;
    assertEquals([code, output], [2, `weir: these settings are not valid:\n${problem}\n`]);
  }));
});

Deno.test("a port that is taken says by whom, for every listener", async () => {
  await using first = await startProgram();
  const { port } = new URL(first.url);
  await using folder = await workingDirectory({});
  const taken = new RegExp(
    String.raw`weir cannot listen on 127\.0\.0\.1:${port}: another Weir \(0\.\d+\.\d+, ` +
      String.raw`started \d+ seconds ago\) does; stop it, or choose another (.*)\n`,
  );
  const mistakes = [
    { args: [], env: { HOST: "127.0.0.1", PORT: port }, settings: "HOST or PORT" },
    { args: ["fake"], env: { HOST: "127.0.0.1", PORT: port }, settings: "HOST or PORT" },
    {
      args: ["--port", "0"],
      env: { METRICS_PORT: port },
      settings: "METRICS_HOST or METRICS_PORT",
    },
  ];
  await Promise.all(mistakes.map(async ({ args, env, settings }) => {
    const { code, output } = await runProgram({ args, env, cwd: folder.path });
    assertEquals(code, 1, output);
    assertEquals(taken.exec(output)?.[1], settings, output);
    assert(!output.includes("    at "), output);
  }));
});

Deno.test("a port that another program has, even one that never answers, says so soon", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ ok: true, version: "1.0" }),
  );
  await Promise.all([silent.addr as Deno.NetAddr, other.addr].map(async ({ port }) => {
    const env = { HOST: "127.0.0.1", PORT: String(port) };
    const { code, output } = await runProgram({ env });
    assertEquals(code, 1);
    assertStringIncludes(
      output,
      `weir cannot listen on 127.0.0.1:${port}: another program does; stop it, or choose another HOST or PORT`,
    );
  }));
});

Deno.test("an address that this machine does not have says so", async () => {
  // Of a network that is for documentation alone.
  const { code, output } = await runProgram({ args: ["--host", "192.0.2.1", "--port", "0"] });
  assertEquals(code, 1);
  assertMatch(output, /^weir cannot listen on 192\.0\.2\.1:0: this machine has no such address/);
});

Deno.test("a .env file that sets nothing stops the start, and its lines are not repeated", async () => {
  await using folder = await workingDirectory({ ".env": "PORT=0\nPROXY_API_KEY: planted\n" });
  const problem = ".env:2: must be NAME=value; a value that begins with a quote ends with it";
  const commands = [
    { args: ["check"], code: 1, says: problem },
    { args: [], code: 2, says: `weir: these settings are not valid:\n${problem}` },
    { args: ["fake"], code: 2, says: `weir: these settings are not valid:\n${problem}` },
  ];
  await Promise.all(commands.map(async ({ args, code, says }) => {
    assertEquals(await runProgram({ args, cwd: folder.path }), { code, output: `${says}\n` });
  }));
});

Deno.test("files that cannot be read are said to be so", async () => {
  await using folder = await workingDirectory({});
  await Deno.mkdir(`${folder.path}/weir.jsonc`);
  await Deno.writeFile(`${folder.path}/latin1.jsonc`, new Uint8Array([0x7b, 0xe4, 0x7d]));
  const cannotBeRead = [
    [["check"], "weir.jsonc: cannot be read: it is not a regular file"],
    [["check", "latin1.jsonc"], "latin1.jsonc: cannot be read: it is not UTF-8 text"],
    [["check", "no.jsonc"], "no.jsonc: cannot be read: there is no such file"],
  ] as const;
  await Promise.all(
    cannotBeRead.map(([args, says]) => assertSays(folder, { args, code: 1, says })),
  );
  await Deno.remove(`${folder.path}/weir.jsonc`);
  await Deno.writeFile(`${folder.path}/.env`, new Uint8Array([0x41, 0x3d, 0xe4]));
  await assertSays(folder, {
    args: ["check"],
    code: 1,
    says: ".env: cannot be read: it is not UTF-8 text",
  });
});

Deno.test("a misspelled variable is pointed out when it starts, and by check", async () => {
  await using folder = await workingDirectory({ ".env": "MAX_RETRYS=3\n" });
  const env = { PROXY_APIKEY: "planted" };
  await using weir = await startProgram({ cwd: folder.path, env });
  const checked = await runProgram({ args: ["check"], cwd: folder.path, env });
  for (const output of [weir.output(), checked.output]) {
    assertStringIncludes(output, "PROXY_APIKEY is not read; did you mean PROXY_API_KEY?\n");
    assertStringIncludes(output, "MAX_RETRYS is not read; did you mean MAX_RETRIES?\n");
    assert(!output.includes("planted"));
  }
});

Deno.test("check points out an alias whose target almost names an upstream", async () => {
  await using folder = await workingDirectory({});
  const { code, output } = await runProgram({
    args: ["check"],
    cwd: folder.path,
    env: { OPENAI_API_KEY: "sk-1", VENICE_API_KEY: "k", MODEL_ALIASES: "fast=opnai/gpt-4o" },
  });
  assertEquals(code, 0);
  assertStringIncludes(
    output,
    'fast -> "opnai/gpt-4o" of the first that lists it, else of openai (did you mean "openai/gpt-4o"?)',
  );
});

Deno.test("every command that only prints works in an empty folder", async () => {
  await using folder = await workingDirectory({});
  const commands = [
    ["version"],
    ["env"],
    ["systemd"],
    ["key", "new", "ci"],
    ["completions", "bash"],
    ["completions", "zsh"],
    ["completions", "fish"],
    ["help"],
  ];
  await Promise.all(commands.map(async (args) => {
    const { code, output } = await runProgram({ args, cwd: folder.path });
    assertEquals(code, 0, args.join(" "));
    assertMatch(output, /\S\n$/, args.join(" "));
  }));
});
