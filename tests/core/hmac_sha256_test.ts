import { createHmac } from "node:crypto";
import { assertEquals } from "@std/assert";
import { hmacSha256 } from "../../src/core/hmac_sha256.ts";

Deno.test("hmacSha256() says what Node's does, for keys and texts of all lengths", () => {
  for (const keyBytes of [0, 1, 32, 63, 64, 65, 200]) {
    for (const textBytes of [0, 1, 55, 64, 1_000]) {
      const key = crypto.getRandomValues(new Uint8Array(keyBytes));
      const text = crypto.getRandomValues(new Uint8Array(textBytes));
      const pieces = [text.subarray(0, 20), text.subarray(20)];
      const expected = createHmac("sha256", key).update(text).digest("hex");
      assertEquals(hmacSha256(key, ...pieces).toString("hex"), expected);
    }
  }
});
