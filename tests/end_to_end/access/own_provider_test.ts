/** A shell that is set up for clients of Weir must not make Weir a client of itself. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { digestKey } from "../../../src/access/keys/key_form.ts";
import { runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const OWN_KEY = "sk-weir-for-claude-code";

Deno.test("a provider's key or address that is Weir's own stops the start with what to do", async () => {
  const port = { HOST: "127.0.0.1", PORT: "39871" };
  const cases: readonly (readonly [Record<string, string>, string, string])[] = [
    [{ PROXY_API_KEY: OWN_KEY, ANTHROPIC_AUTH_TOKEN: OWN_KEY }, "ANTHROPIC_AUTH_TOKEN", "own keys"],
    [{ PROXY_API_KEY: OWN_KEY, ANTHROPIC_API_KEY: OWN_KEY }, "ANTHROPIC_API_KEY", "own keys"],
    [{ PROXY_API_KEY: OWN_KEY, OPENAI_API_KEY: OWN_KEY }, "OPENAI_API_KEY", "own keys"],
    [{ ...port, ANTHROPIC_BASE_URL: "http://localhost:39871" }, "ANTHROPIC_BASE_URL", "itself"],
    [{ ...port, OPENAI_BASE_URL: "http://127.0.0.1:39871/v1" }, "OPENAI_BASE_URL", "itself"],
    [
      { ...port, HOST: "::", UPSTREAM_A_BASE_URL: "http://[::1]:39871" },
      "UPSTREAM_A_BASE_URL",
      "itself",
    ],
  ];
  for (const [env, place, says] of cases) {
    for (const [args, code] of [[["check"], 1], [["serve"], 2]] as const) {
      const ran = await runProgram({ args, env });
      assertEquals(ran.code, code, ran.output);
      assertStringIncludes(ran.output, `${place}: `);
      assertStringIncludes(ran.output, says);
      assertStringIncludes(ran.output, "or take it out");
      assert(!ran.output.includes(OWN_KEY), ran.output);
    }
  }
});

Deno.test("a named key is Weir's own as well", async () => {
  const keys = [{ name: "agent", hash: `sha256:${digestKey(OWN_KEY)}` }];
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ auth: { keys } }),
  });
  const ran = await runProgram({
    args: ["check"],
    env: { ANTHROPIC_AUTH_TOKEN: OWN_KEY },
    cwd: directory.path,
  });
  assertEquals(ran.code, 1);
  assertStringIncludes(ran.output, "ANTHROPIC_AUTH_TOKEN: is one of Weir's own keys");
});

Deno.test("another port of this machine is another program, and another key another's", async () => {
  await using weir = await startProgram({
    env: {
      PROXY_API_KEY: OWN_KEY,
      ANTHROPIC_AUTH_TOKEN: "sk-of-another",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
      FAKE: "on",
    },
  });
  // Its key, which a shell may hold for other programs, takes no default over.
  assertStringIncludes(weir.output(), "; default: ");
  const [, first = ""] = /upstream (\w+): .*; default: /.exec(weir.output()) ?? [];
  assertEquals(first, "fake");
  assertStringIncludes(weir.output(), "ANTHROPIC_AUTH_TOKEN is set");
});
