import { assertEquals } from "@std/assert";
import {
  keyOfSubprotocol,
  selectProtocol,
} from "../../../src/surfaces/openrouter/socket/subprotocol.ts";

const CASES: readonly (readonly [
  offered: string | undefined,
  key: string | undefined,
  selected: string | undefined,
])[] = [
  [undefined, undefined, undefined],
  ["weir", undefined, "weir"],
  ["weir, bearer.abc", "abc", "weir"],
  ["weir,bearer.abc", "abc", "weir"],
  ["bearer.abc, weir", "abc", "weir"],
  ["bearer.abc", "abc", undefined],
  ["graphql-ws", undefined, undefined],
  [`weir, bearer.${encodeURIComponent("a/b+c==")}`, "a/b+c==", "weir"],
  ["weir, bearer.100%", "100%", "weir"],
  ["weir, bearer.", undefined, "weir"],
  ["WEIR", undefined, undefined],
];

for (const [offered, key, selected] of CASES) {
  Deno.test(`the subprotocols ${offered} have the key ${key} and select ${selected}`, () => {
    const headers = new Headers(
      offered === undefined ? {} : { "sec-websocket-protocol": offered },
    );
    assertEquals([keyOfSubprotocol(headers), selectProtocol(headers)], [key, selected]);
  });
}
