import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

async function scriptFor(shell: string): Promise<string> {
  const { code, output } = await runProgram({ args: ["completions", shell] });
  assertEquals(code, 0, output);
  return output;
}

async function hasBash(): Promise<boolean> {
  if (Deno.permissions.querySync({ name: "run", command: "bash" }).state !== "granted") {
    return false;
  }
  try {
    return (await new Deno.Command("bash", { args: ["-c", "true"] }).output()).success;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

Deno.test({
  name: "bash completes commands, options, their values and files",
  ignore: !await hasBash(),
  fn: async () => {
    const script = await scriptFor("bash");
    await using directory = await workingDirectory({ "weir.jsonc": "", weir: script });
    /** What bash offers for a line whose last word is being written. */
    const complete = async (line: string): Promise<readonly string[]> => {
      const words = line.split(" ");
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const { stdout, success } = await new Deno.Command("bash", {
        args: [
          "-uc",
          `source ./weir; COMP_WORDS=(${quoted}); COMP_CWORD=${
            words.length - 1
          }; _weir; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ],
        cwd: directory.path,
        clearEnv: true,
      }).output();
      assert(success, line);
      return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
    };
    assertEquals(await complete("weir se"), ["serve"]);
    assertEquals(await complete("weir serve --w"), ["--watch"]);
    assertEquals(await complete("weir --po"), ["--port"]);
    assertEquals(await complete("weir --port 80 che"), ["check"]);
    assertEquals(await complete("weir --port "), []);
    assertEquals(await complete("weir check weir.j"), ["weir.jsonc"]);
    assertEquals(await complete("weir --config weir.j"), ["weir.jsonc"]);
    assertEquals(await complete("weir completions "), ["--help", "bash", "zsh", "fish"]);
    assertEquals(await complete("weir help doc"), ["doctor"]);
    assertEquals((await complete("weir ")).length, COMMANDS.length + 6);
  },
});

Deno.test("the scripts for zsh and fish name every command and option", async () => {
  const [zsh, fish] = [await scriptFor("zsh"), await scriptFor("fish")];
  assertMatch(zsh, /^#compdef weir\n/);
  for (const { name, options } of COMMANDS) {
    assertMatch(zsh, new RegExp(`^    ${name}\\) _arguments `, "m"));
    assertMatch(fish, new RegExp(`-a ${name} -d '`));
    for (const option of options) {
      assert(zsh.includes(`'--${option.name}[`), option.name);
      assertMatch(fish, new RegExp(`__fish_seen_subcommand_from ${name}' -l ${option.name}`));
    }
  }
});
