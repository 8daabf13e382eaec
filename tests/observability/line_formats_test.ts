import { assertEquals, assertMatch } from "@std/assert";
import {
  createTextLine,
  jsonLine,
  type LogFields,
  type LogRecord,
  withPriority,
} from "../../src/observability/log/line_formats.ts";

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
  for (const format of [jsonLine, createTextLine(false), createTextLine(true)]) {
    const line = format(recordOf({ model: hostile }, "call"));
    // Colour is Weir's own, and stands before the fields.
    const fields = line.slice(line.indexOf("model"), -1);
    // deno-lint-ignore no-control-regex -- These are what is looked for.
    assertEquals(/[\u0000-\u001f\u007f-\u009f]/.test(fields), false, JSON.stringify(line));
  }
  assertEquals(JSON.parse(jsonLine(recordOf({ model: hostile })))["model"], hostile);
});

Deno.test("neither form has characters that end a line for some readers, turn the text or hide", () => {
  const hostile = "a\u2028b\u2029c\u202ed\u2066e\u2069f\u200bg\ufeffh\u061ci\u200f";
  for (const format of [jsonLine, createTextLine(false)]) {
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
  const record = recordOf({ status: 200, path: "/v1/models", cause: "two words", code: undefined });
  const fields = `call status=200 path=/v1/models cause="two words"\n`;
  assertEquals(createTextLine(false)(record), `00:00:00.000 WARNING ${fields}`);
  assertEquals(
    createTextLine(true)(record),
    `\u001b[2m00:00:00.000\u001b[0m \u001b[1m\u001b[33mWARNING\u001b[0m ${fields}`,
  );
});
