/** Which endpoint a path names, and which of them Weir answers by itself. */

import { assertEquals } from "@std/assert";
import { endpointOf, isInterpreted, prefixesWith } from "../../src/surfaces/openai/openai_path.ts";

const PREFIXES = prefixesWith("/api/v1");

Deno.test("a call is one in every spelling that other servers understand (T47)", () => {
  for (
    const spelling of [
      "/chat/completions",
      "/chat/completions/",
      "/chat/completion%73",
      "/chat%2Fcompletions",
      "/Chat/Completions",
      "/%2Fchat%2F%2Fcompletions",
      "/chat/completions%2F%2F",
    ]
  ) {
    assertEquals(isInterpreted("POST", spelling), true, spelling);
    assertEquals(endpointOf(`/api/v1${spelling}`, PREFIXES), "/chat/completions");
    assertEquals(endpointOf(spelling, PREFIXES), "/chat/completions");
  }
});

Deno.test("what is no call stays as it was sent", () => {
  for (
    const other of [
      "/chat/completions/chatcmpl-1",
      "/chat/completions%",
      "/responses/",
      "/models/org%2Fname",
    ]
  ) {
    assertEquals(isInterpreted("POST", other), false, other);
    assertEquals(endpointOf(`/v1${other}`, PREFIXES), other);
  }
  assertEquals(endpointOf("/v1/", PREFIXES), "/models");
  for (const path of ["/v1/models/", "/models/", "/api/v1/models/"]) {
    assertEquals(endpointOf(path, PREFIXES), "/models", path);
  }
});
