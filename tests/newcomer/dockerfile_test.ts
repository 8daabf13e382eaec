/** What the image is built of, which no test here can build. */

import { assert, assertEquals } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
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

Deno.test("the image is built by a task that exists, and runs commands that exist", () => {
  const [task] = instructions("RUN deno task");
  assert(Object.hasOwn(denoJson.tasks, task?.[0] ?? ""), `no task ${task}`);
  const called = instructions("CMD").map((args) => JSON.parse(args.join(" ")) as string[]);
  assertEquals(called, [["/weir", "healthcheck"], ["serve"]]);
  const names = COMMANDS.map(({ name }) => name);
  for (const words of called) assert(names.includes(words.at(-1) ?? ""), words.join(" "));
});
