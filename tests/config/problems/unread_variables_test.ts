import { assertEquals } from "@std/assert";
import { unreadVariables } from "../../../src/config/problems/unread_variables.ts";

Deno.test("unreadVariables() finds what was likely meant for another name", () => {
  const cases = [
    ["PROXY_APIKEY", "PROXY_API_KEY"],
    ["MAX_RETRYS", "MAX_RETRIES"],
    ["OPENAI_KEY", "OPENAI_API_KEY"],
    ["openai_api_key", "OPENAI_API_KEY"],
    ["HTTP_PROXY", "HTTPS_PROXY"],
    ["WEIR_CONFG", "WEIR_CONFIG"],
  ] as const;
  for (const [name, meant] of cases) {
    assertEquals(unreadVariables({ [name]: "planted" }), [
      `${name} is not read; did you mean ${meant}?`,
    ]);
  }
});

Deno.test("unreadVariables() says what became of a variable that is gone", () => {
  assertEquals(unreadVariables({ HTTP_CLIENT: "fetch" }), [
    "HTTP_CLIENT is gone: Weir has one HTTP client, its own; take the setting out",
  ]);
});

Deno.test("unreadVariables() leaves alone what is read, what is set, and what is another program's", () => {
  const others = {
    ...{ HOME: "/root", HOSTNAME: "box", PATH: "/bin", LOGNAME: "me", TERM: "xterm", LANG: "C" },
    ...{ NODE_OPTIONS: "x", DENO_DIR: "/x", OTEL_DENO: "true", WEIR_PORT_3000_TCP: "tcp://x" },
  };
  assertEquals(unreadVariables(others), []);
  assertEquals(unreadVariables({ OPENAI_API_KEY: "k", UPSTREAM_LOCAL_BASE_URL: "u" }), []);
  assertEquals(unreadVariables({ HTTP_PROXY: "p", HTTPS_PROXY: "p", MAX_RETRYS: "" }), []);
});
