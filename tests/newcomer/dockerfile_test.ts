/** What the image is built of, which no test here can build. */

import { assert, assertEquals } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { executableOf, TARGETS } from "../../release/targets.ts";
import { COMMANDS } from "../../src/cli/commands.ts";

const ROOT = new URL("../../", import.meta.url);
const text = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));
const dockerfile = await text("Dockerfile");

/** The arguments of an instruction, wherever it stands. */
function instructions(name: string): readonly (readonly string[])[] {
  return [...dockerfile.matchAll(new RegExp(`^(?:.* )?${name} (.*)$`, "gm"))]
    .map(([, args = ""]) => args.split(" "));
}

Deno.test("the image is built of files that are there and that .dockerignore lets in", async () => {
  const sources = instructions("COPY").filter(([first]) => !first?.startsWith("--from"))
    .flatMap((args) => args.slice(0, -1));
  assert(sources.length > 0);
  const [everything, ...letIn] = (await text(".dockerignore")).trim().split("\n");
  assertEquals(everything, "*");
  assertEquals(letIn.map((line) => line.replace(/^!/, "")).sort(), sources.toSorted());
  for (const source of sources) await Deno.stat(new URL(source, ROOT));
});

Deno.test("the image of a release is the same, but for where its executable comes from", async () => {
  const release = await text("release/Dockerfile");
  const without = (file: string) =>
    file.split("\n").filter((line) =>
      /^(USER|WORKDIR|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD) /.test(line)
    );
  assertEquals(without(release), without(dockerfile).slice(1));
  const letIn = (await text("release/Dockerfile.dockerignore")).trim().split("\n").slice(1);
  const copied = [...release.matchAll(/^COPY (\S+)/gm)].map(([, source]) => `!${source}`);
  assertEquals(copied, letIn);
  for (const name of ["linux-x64", "linux-arm64"]) {
    const target = TARGETS.find((each) => each.name === name);
    assert(
      target !== undefined && copied.includes(`!${executableOf("dist/release", target)}`),
      name,
    );
  }
});

Deno.test("the image is built by a task that exists, and runs commands that exist", () => {
  const [task] = instructions("RUN deno task");
  assert(Object.hasOwn(denoJson.tasks, task?.[0] ?? ""), `no task ${task}`);
  const called = instructions("CMD").map((args) => JSON.parse(args.join(" ")) as string[]);
  assertEquals(called, [["/weir", "healthcheck"], ["serve"]]);
  const names = COMMANDS.map(({ name }) => name);
  for (const words of called) assert(names.includes(words.at(-1) ?? ""), words.join(" "));
});
