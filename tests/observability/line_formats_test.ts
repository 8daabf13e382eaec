import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  jsonLine,
  type LogFields,
  type LogRecord,
  withPriority,
} from "../../src/observability/log/line_formats.ts";
import { createTextLine } from "../../src/observability/log/text_line.ts";

const NO_OFFSET = () => 0;

function recordOf(fields: LogFields, message = "call"): LogRecord {
  return { level: "warn", message, epochMs: 0, fields };
}

Deno.test("jsonLine() is one line of JSON with the fields at its top", () => {
  const line = jsonLine(recordOf({ status: 200, model: 'a"b\\c\n', code: undefined }));
  assertEquals(line.endsWith("}\n"), true);
  assertEquals(line.slice(0, -1).includes("\n"), false);
  assertEquals(JSON.parse(line), {
    "@timestamp": "1970-01-01T00:00:00.000Z",
    level: "WARN",
    message: "call",
    logger: "weir",
    status: 200,
    model: 'a"b\\c\n',
  });
  assertEquals(JSON.parse(jsonLine(recordOf({})))["logger"], "weir");
});

Deno.test("neither form lets a client's text command a terminal or begin a line of its own", () => {
  const hostile = "\u001b[2J\u009b31m\u007f\u0085\r\nINFO call status=200";
  for (
    const format of [jsonLine, createTextLine(false, NO_OFFSET), createTextLine(true, NO_OFFSET)]
  ) {
    const line = format(recordOf({ model: hostile }, "call"));
    // Colour is Weir's own, and stands before the fields.
    // deno-lint-ignore no-control-regex -- These are what is looked for.
    const fields = line.slice(line.indexOf("[2J") - 6, -1).replaceAll(/\x1b\[\d+m/g, "");
    // deno-lint-ignore no-control-regex -- These are what is looked for.
    assertEquals(/[\u0000-\u001f\u007f-\u009f]/.test(fields), false, JSON.stringify(line));
  }
  assertEquals(JSON.parse(jsonLine(recordOf({ model: hostile })))["model"], hostile);
});

Deno.test("neither form has characters that end a line for some readers, turn the text or hide", () => {
  const hostile = "a\u2028b\u2029c\u202ed\u2066e\u2069f\u200bg\ufeffh\u061ci\u200f";
  for (const format of [jsonLine, createTextLine(false, NO_OFFSET)]) {
    const line = format(recordOf({ finish_reason: hostile }));
    assertEquals(/[\p{Cf}\p{Zl}\p{Zp}]/u.test(line), false, JSON.stringify(line));
  }
  assertEquals(JSON.parse(jsonLine(recordOf({ a: hostile })))["a"], hostile);
});

Deno.test("withPriority() begins a line with the number that the journal knows its level by", () => {
  const line = withPriority(jsonLine)(recordOf({ status: 502 }));
  assertMatch(line, /^<4>\{"@timestamp":.*"level":"WARN".*\}\n$/);
});

Deno.test("createTextLine() quotes only what needs it, and colours only where it may", () => {
  const fieldsOfRecord = { status: 200, path: "/v1/models", cause: "two words", code: undefined };
  const record = recordOf(fieldsOfRecord, "request");
  const fields = `request status=200 path=/v1/models cause="two words"\n`;
  assertEquals(createTextLine(false, NO_OFFSET)(record), `00:00:00.000+00:00 WARNING ${fields}`);
  assertEquals(
    createTextLine(true, NO_OFFSET)(record),
    `\u001b[2m00:00:00.000+00:00\u001b[0m \u001b[1m\u001b[33mWARNING\u001b[0m ${fields}`,
  );
});

Deno.test("a call is one line for people: when, how it ended, what it took, and why it failed", () => {
  const complete = {
    request_id: "id-1",
    status: 200,
    model: "gpt-5",
    upstream: "openai",
    duration_ms: 812.4,
    input_tokens: 12,
    output_tokens: 34,
    cost: 0.00012345,
    outcome: "complete",
    attempts: 1,
  };
  const line = createTextLine(false, () => 90);
  assertEquals(
    line(recordOf(complete)),
    "01:30:00+01:30 200 gpt-5 openai 812 ms 12+34 tokens $0.00012 complete\n",
  );
  const failed = {
    ...complete,
    status: 502,
    outcome: "upstream_error",
    code: "upstream_auth_failed",
    reason: "The key was refused",
    cause: 'Incorrect "key"\nprovided',
    attempts: 2,
    cost: undefined,
    input_tokens: undefined,
    output_tokens: undefined,
  };
  assertEquals(
    createTextLine(false, () => -300)(recordOf(failed)),
    "19:00:00-05:00 502 gpt-5 openai 812 ms upstream_error 2 attempts " +
      'The key was refused (Incorrect "key"\\nprovided) [id-1]\n',
  );
  const coloured = createTextLine(true, NO_OFFSET);
  const start = "\u001b[2m00:00:00+00:00\u001b[0m ";
  assert(coloured(recordOf(complete)).startsWith(`${start}\u001b[32m200 `));
  assert(coloured(recordOf(failed)).startsWith(`${start}\u001b[31m502 `));
  assertStringIncludes(coloured(recordOf(failed)), "2 attempts\u001b[0m The key");
});
