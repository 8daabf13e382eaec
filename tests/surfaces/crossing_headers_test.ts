import { assertEquals } from "@std/assert";
import { crossingHeaders } from "../../src/surfaces/request/crossing_headers.ts";

Deno.test("crossingHeaders() lets pass what is listed, but for what is of this hop alone (T45)", () => {
  const names = ["idempotency-key", "openai-beta"];
  const headers = new Headers({ "idempotency-key": "once", "openai-beta": "b", "cookie": "c" });
  assertEquals(crossingHeaders(headers, names), [["idempotency-key", "once"], [
    "openai-beta",
    "b",
  ]]);
  headers.set("connection", "close, Idempotency-Key");
  assertEquals(crossingHeaders(headers, names), [["openai-beta", "b"]]);
});
