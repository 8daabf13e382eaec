import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { chatjimmy } from "../../../src/formats/chatjimmy/mod.ts";

Deno.test("faultOf() reads its error bodies", () => {
  const message = "Selected model is required";
  assertEquals(chatjimmy.faultOf({ success: false, error: message }), { message });
  assertEquals(chatjimmy.faultOf({ success: true }), undefined);
  assertEquals(chatjimmy.faultOf({ success: false }), {
    message: "The upstream failed and gave no reason",
  });
});

Deno.test("decodeWhole() refuses: its answers are text", () => {
  assertEquals(chatjimmy.alwaysStreams, true);
  const error = assertThrows(() => chatjimmy.decodeWhole({}), GatewayError);
  assertEquals(error.kind, "upstream_invalid_response");
});
