/**
 * The program, which says at `/permissions` what it may still do: to start programs, to write, to read where it
 * never has to.
 *
 * @module
 */

import { run } from "../../src/cli/run.ts";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import { wrapServe } from "./wrap_serve.ts";

const ASKED: Readonly<Record<string, Deno.PermissionDescriptor>> = {
  run: { name: "run" },
  write: { name: "write" },
  shadow: { name: "read", path: "/etc/shadow" },
  read: { name: "read", path: "weir.jsonc" },
};

wrapServe((handler) => (request) => {
  if (request.target !== "/permissions") return handler(request);
  const states = Object.entries(ASKED).map(([name, descriptor]) => [
    name,
    Deno.permissions.querySync(descriptor).state,
  ]);
  const body = JSON.stringify(Object.fromEntries(states));
  return { status: 200, headers: new AnswerHeaders(), body };
});

run(Deno.args).then(Deno.exit);
