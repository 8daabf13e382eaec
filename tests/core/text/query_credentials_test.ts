import { assertEquals } from "@std/assert";
import {
  hasOtherCredentials,
  keysInQuery,
  withoutQueryKeys,
} from "../../../src/core/text/query_credentials.ts";

const PATH = "/v1/models";

Deno.test("keys of a query are found and taken out, however they are spelt", () => {
  const cases: readonly [query: string, keys: readonly string[], rest: string][] = [
    ["", [], ""],
    ["?", [], "?"],
    ["?limit=5", [], "?limit=5"],
    ["?key=one", ["one"], ""],
    ["?KEY=one&a=b", ["one"], "?a=b"],
    ["?a=b&%6Bey=one&c=d", ["one"], "?a=b&c=d"],
    ["?a=b&%256bey=one", ["one"], "?a=b"],
    ["?a=b;key=one;c=d", ["one"], "?a=b;c=d"],
    ["?key=one&key=two&Key=", ["one", "two"], ""],
    ["?key", [], ""],
    ["?key=&a=b", [], "?a=b"],
    ["?+key+=one", ["one"], ""],
    ["?key=a%2Bb%3D%3D", ["a+b=="], ""],
    ["?key=a=b", ["a=b"], ""],
    ["?key=a%20b&key=%0a", [], ""],
    ["?key=%zz", ["%zz"], ""],
    ["?keys=one&monkey=two&a=key", [], "?keys=one&monkey=two&a=key"],
    ["?a=b&&c", [], "?a=b&&c"],
  ];
  for (const [query, keys, rest] of cases) {
    assertEquals(keysInQuery(PATH + query), keys, query);
    assertEquals(withoutQueryKeys(PATH + query), PATH + rest, query);
  }
});

Deno.test("credentials that are no key of Weir's are known by every spelling of their names", () => {
  const names = ["api_key", "API-KEY", "apikey", "%61pi_key", "access_token", "Authorization"];
  for (const name of names) assertEquals(hasOtherCredentials(`?a=b&${name}=x`), true, name);
  assertEquals(hasOtherCredentials("?a=api_key&key=x"), false);
});
