/** The options of a transport. */

import { assertEquals, assertThrows } from "@std/assert";
import { transportOptions } from "../../src/transport/transport_options.ts";

Deno.test("transportOptions has a default for every option but the proxy", () => {
  const options = transportOptions.parse(undefined);
  const missing = Object.keys(transportOptions.unwrap().shape)
    .filter((name) => !(name in options));
  assertEquals(missing, ["httpsProxy"]);
});

Deno.test("transportOptions refuses a proxy over TLS and options it does not know", () => {
  assertThrows(() => transportOptions.parse({ httpsProxy: "https://proxy:3128" }));
  assertThrows(() => transportOptions.parse({ connectTimeout: 1 }));
});
