import { assertEquals } from "@std/assert";
import { toGatewayError } from "../../src/core/gateway_error.ts";
import { authenticateOptions, createAuthenticate } from "../../src/access/authenticate.ts";
import { limitFailures } from "../../src/access/failed_auth.ts";
import { hashOf } from "../../src/access/keys/key_form.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { ManualClock } from "../transport/manual_clock.ts";

/** Says who has a key, or how it is refused. */
function start(maxPerMinute: number) {
  const clock = new ManualClock();
  const options = authenticateOptions.parse({
    apiKey: "the-key",
    keys: [{ name: "old", hash: hashOf("old-key"), disabled: true }],
  });
  const store = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), clock);
  const authenticate = limitFailures(createAuthenticate(options, clock), store, maxPerMinute);
  const offer = async (key: string | undefined, address = "192.0.2.1"): Promise<string> => {
    try {
      return (await authenticate(() => key, () => address)).name;
    } catch (thrown) {
      const { status, code, retryAfterMs } = toGatewayError(thrown);
      return [status, code, retryAfterMs].filter((fact) => fact !== undefined).join(" ");
    }
  };
  return { clock, offer };
}

Deno.test("wrong keys beyond the limit are 429, for their address alone and until it is filled again", async () => {
  const { clock, offer } = start(3);
  for (let times = 0; times < 3; times++) {
    assertEquals(await offer("guess"), "401 invalid_api_key");
  }
  assertEquals(await offer("guess"), "429 too_many_failed_attempts 20000");
  assertEquals(await offer("guess", "192.0.2.2"), "401 invalid_api_key");
  clock.advance(20_000);
  assertEquals(await offer("guess"), "401 invalid_api_key");
  assertEquals(await offer("guess"), "429 too_many_failed_attempts 20000");
});

Deno.test("a valid key passes from an address that guesses, and only guesses count", async () => {
  const { offer } = start(1);
  for (let times = 0; times < 5; times++) {
    assertEquals(await offer(undefined), "401 missing_api_key");
    assertEquals(await offer("old-key"), "401 api_key_disabled");
  }
  assertEquals(await offer("guess"), "401 invalid_api_key");
  assertEquals(await offer("guess"), "429 too_many_failed_attempts 60000");
  assertEquals(await offer("the-key"), "default");
  assertEquals(await offer("old-key"), "401 api_key_disabled");
});

Deno.test("a limit of 0 counts no wrong keys", async () => {
  const { offer } = start(0);
  for (let times = 0; times < 20; times++) {
    assertEquals(await offer("guess"), "401 invalid_api_key");
  }
});
