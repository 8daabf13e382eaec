/** How much of a body that is handed through is read before it goes on. */

import { assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { beginBody } from "../../src/surfaces/request/begin_body.ts";
import type { BodyLimits } from "../../src/surfaces/request/read_json_body.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { requestOf } from "../support/http.ts";

const LIMITS: BodyLimits = {
  maxBodyBytes: 1_000_000,
  bodyTimeoutMs: 1_000,
  bodyIdleTimeoutMs: 1_000,
  maxJsonDepth: 10,
  maxJsonKeys: 100,
  maxJsonValues: 100,
  clock: new ManualClock(),
};
const JSON_TYPE = "application/json; charset=utf-8";
const FORM_TYPE = 'multipart/form-data; charset=x; boundary="b"';
const MODEL_PART = '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nm-1\r\n--b\r\n';
const LARGE_BYTES = 300_000;

interface Sent {
  readonly type?: string;
  readonly coding?: string;
  /** Says how long it is. */
  readonly hasLength?: boolean;
}

/** What is known of a body, and how many of its pieces were read for it. */
async function begin(pieces: readonly string[], { type, coding, hasLength }: Sent = {}) {
  let read = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces[read];
      if (piece === undefined) return controller.close();
      read++;
      controller.enqueue(new TextEncoder().encode(piece));
    },
  }, { highWaterMark: 0 });
  const headers = new Headers();
  if (type !== undefined) headers.set("content-type", type);
  if (coding !== undefined) headers.set("content-encoding", coding);
  if (hasLength) headers.set("content-length", String(pieces.join("").length));
  const request = requestOf("/", { method: "POST", body, headers });
  const begun = await beginBody(request, LIMITS);
  const opened = begun.body.open(begun.model);
  const form = opened === undefined
    ? "none"
    : opened instanceof Uint8Array
    ? "held"
    : opened.lengthBytes === undefined
    ? "streamed"
    : "streamed with its length";
  return { ...begun, form, read };
}

Deno.test("beginBody() holds what says that it is small, and JSON that turns out to be", async () => {
  for (const sent of [{ hasLength: true }, {}]) {
    const { model, json, form } = await begin(['{"model":', '"m-1","n":1}'], {
      type: JSON_TYPE,
      ...sent,
    });
    assertEquals([model, json, form], ["m-1", { model: "m-1", n: 1 }, "held"]);
  }
  assertEquals((await begin(["a", "b"], { hasLength: true })).form, "held");
  assertEquals((await begin([])).form, "none");
  assertEquals((await begin(["", ""])).form, "none");
});

Deno.test("beginBody() reads no more of anything else than it takes to find a model", async () => {
  const large = "x".repeat(LARGE_BYTES);
  const opaque = await begin(["a", "b", "c"]);
  assertEquals([opaque.form, opaque.read], ["streamed", 1]);
  const form = await begin([MODEL_PART.slice(0, 9), MODEL_PART.slice(9), "file", large], {
    type: FORM_TYPE,
  });
  assertEquals([form.model, form.form, form.read], ["m-1", "streamed", 2]);
  const json = await begin(['{"model":"m-1","input":"', large, large, '"}'], {
    type: JSON_TYPE,
    hasLength: true,
  });
  assertEquals([json.model, json.json, json.form, json.read, json.warnings], [
    "m-1",
    {},
    "streamed with its length",
    2,
    [],
  ]);
  const late = await begin(['{"input":"', large, '","model":"m-1"}'], { type: JSON_TYPE });
  assertEquals([late.model, late.form, late.read, late.warnings.length], ["", "streamed", 2, 1]);
});

Deno.test("beginBody() looks for nothing in what is packed or of another type", async () => {
  const text = '{"model":"m-1"}';
  for (const sent of [{ type: JSON_TYPE, coding: "gzip" }, { type: "text/plain" }, {}]) {
    assertEquals((await begin([text], { ...sent, hasLength: true })).model, "");
  }
  assertEquals((await begin([text], { type: JSON_TYPE, coding: "identity" })).model, "m-1");
  assertEquals((await begin([text], { type: "application/x+json" })).model, "m-1");
});

Deno.test("beginBody() takes what is no JSON, for its upstream to judge", async () => {
  for (const text of ["no", "[1]", '{"a":1,"a":2}', "{"]) {
    const { json, form } = await begin([text], { type: JSON_TYPE, hasLength: true });
    assertEquals([text, json, form], [text, {}, "held"]);
  }
});

Deno.test("beginBody() refuses what says that it is longer than may be", async () => {
  const request = requestOf("/", {
    method: "POST",
    body: "x",
    headers: { "content-length": String(LIMITS.maxBodyBytes + 1) },
  });
  await assertRejects(() => beginBody(request, LIMITS), GatewayError, "larger than");
});
