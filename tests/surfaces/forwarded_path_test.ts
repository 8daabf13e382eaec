/** Which paths may be forwarded. */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { checkForwardedPath } from "../../src/surfaces/openai/forwarded_path.ts";

function codeOf(path: string, query = ""): string | undefined {
  try {
    checkForwardedPath(path, query);
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
}

Deno.test("checkForwardedPath() lets names pass that only look like ways", () => {
  for (
    const path of [
      "/api/v1",
      "/api/v1/",
      "/v1/files/a%2Fb",
      "/v1/files/a..b/...",
      "/v1/files/..a/.hidden/a./a..",
      "/v1/files/100%25",
      "/v1/models/org%2Fname:free@1;a=b",
    ]
  ) {
    assertEquals([path, codeOf(path)], [path, undefined]);
  }
  for (const query of ["?", "?a=/../..", "?a=%00%2e%2e//\\#'", "?key=a&token=b&monkey_api=1"]) {
    assertEquals([query, codeOf("/v1/files", query)], [query, undefined]);
  }
});

Deno.test("checkForwardedPath() refuses every spelling of a way up, and what no client sends", () => {
  const dots = ["..", "%2e%2e", ".%2E", "%252e.", "%25252e%252e", ".", "%2e", "..;a", "..%3Ba"];
  for (const dot of dots) {
    for (const separator of ["/", "%2f", "%2F", "%5c", "%252f"]) {
      for (const path of [`/v1/files${separator}${dot}`, `/v1/files/${dot}${separator}x`]) {
        assertEquals([path, codeOf(path)], [path, "invalid_path"]);
      }
    }
  }
  for (const path of ["/v1//a", "/v1/a\\b", "/v1/a#b", "/v1/%", "/v1/%0", "/v1/%7f", "/v1/%2500"]) {
    assertEquals([path, codeOf(path)], [path, "invalid_path"]);
  }
  assertEquals(codeOf("/v1/files", "?a=b&API-Key=c"), "credentials_in_query");
});
