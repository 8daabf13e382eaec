/** What the commands of the soak print of each thing that must hold. */

// deno-lint-ignore-file no-console -- It is for commands.

/** Where it does not hold, the command ends with exit code 1. */
export function report(isGood: boolean, text: string, problems: readonly string[] = []): void {
  if (!isGood) Deno.exitCode = 1;
  console.log(`${isGood ? "ok  " : "FAIL"} ${text}`);
  for (const problem of problems) console.log(`     ${problem.slice(0, 1_000)}`);
}
