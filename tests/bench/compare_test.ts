import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gather } from "../../bench/compare/compare_file.ts";
import { judge } from "../../bench/compare/judge.ts";
import { runBenches } from "../../bench/compare/run_benches.ts";
import { workingDirectory } from "../support/working_directory.ts";

Deno.test("judge() tells a change from the noise of the rounds", () => {
  const steady = [100, 101, 99, 100, 100];
  const cases = [
    { after: steady, verdict: "same" },
    { after: steady.map((ns) => ns * 1.04), verdict: "same" },
    { after: steady.map((ns) => ns * 1.2), verdict: "worse" },
    { after: steady.map((ns) => ns * 0.7), verdict: "better" },
    // A fifth slower, but the rounds differ by more than that.
    { after: [90, 150, 120, 100, 145], verdict: "same" },
    // One round that something else disturbed makes no change, and hides none.
    { after: [100, 101, 900, 100, 100], verdict: "same" },
    { after: [120, 121, 900, 120, 120], verdict: "worse" },
  ];
  for (const { after, verdict } of cases) {
    assertEquals(judge(steady, after).verdict, verdict, `${after}`);
  }
  const { beforeNs, afterNs, ratio } = judge(steady, steady.map((ns) => ns * 2));
  assertEquals([beforeNs, afterNs, ratio], [100, 200, 2]);
});

Deno.test("judge() compares the runs of a round, whatever the machine does in between", () => {
  const busy = [100, 900, 300, 500, 100];
  assertEquals(judge(busy, busy.map((ns) => ns * 1.3)).verdict, "worse");
  assertEquals(judge(busy, busy).verdict, "same");
});

Deno.test("gather() tells what both have from what one has", () => {
  assertEquals(gather(["a", "b"], ["b", "c"]), { both: ["b"], removed: ["a"], added: ["c"] });
});

/** A revision with one file of benches. */
function revision(bench: string): ReturnType<typeof workingDirectory> {
  const deno = JSON.stringify({
    tasks: { bench: { command: "deno bench --allow-env=HOME bench" } },
    // It lies within another workspace, of which it is no part.
    workspace: [],
  });
  return workingDirectory({ "deno.json": deno, "some_bench.ts": bench });
}

Deno.test("runBenches() reads times, and says of a bench that fails why there is none", async () => {
  await using directory = await revision(
    `Deno.bench({ name: "fine", group: "some", n: 1, warmup: 0 }, () => {});
     Deno.bench("broken", { n: 1 }, () => { throw new Error("out of order"); });`,
  );
  await Deno.mkdir(`${directory.path}/bench`);
  await Deno.rename(`${directory.path}/some_bench.ts`, `${directory.path}/bench/some_bench.ts`);
  const times = await runBenches(directory.path, "some_bench.ts", ["--no-check"]);
  assertEquals(typeof times.get("some / fine"), "number");
  const broken = times.get("broken");
  assert(typeof broken === "object", "a bench that fails has no time");
  assertStringIncludes(broken.failure, "out of order");
});

Deno.test("bench:compare says what is wrong with a revision that is none", async () => {
  const cases = [
    { args: [], message: "Say what to compare with" },
    { args: ["no-such-revision"], message: '"no-such-revision" is no revision' },
    { args: ["HEAD", "--rounds", "1"], message: "--rounds must be 3 or more" },
  ];
  for (const { args, message } of cases) {
    const script = new URL("../../bench/compare/main.ts", import.meta.url).pathname;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-read", "--allow-run=git", script, ...args],
    }).output();
    assertStringIncludes(new TextDecoder().decode(stderr), message);
    assertEquals(code, 2, message);
  }
});
