/** Which exchange of a recording answers a request. */

import { assertEquals } from "@std/assert";
import type { RecordedExchange } from "../../src/cassettes/exchange.ts";
import { ExchangesToPlay } from "../../src/cassettes/exchanges_to_play.ts";

const CHAT = "http://one.test/v1/chat/completions";
const OTHER_CHAT = "http://two.test/api/v1/chat/completions";

/** Its time is its name. */
function recorded(
  name: string,
  hash: string,
  { url = CHAT, isKept = true }: { readonly url?: string; readonly isKept?: boolean } = {},
): RecordedExchange {
  return {
    request: { at: name, method: "POST", url, headers: [], hash },
    chunks: [],
    end: isKept ? { how: "complete", ms: 1 } : { how: "not_kept", ms: 1, why: "It was too long" },
  };
}

const asked = (url: string) => ({ method: "POST", url: new URL(url) });

/** The names of what is taken, one after the other. */
function taken(
  exchanges: ExchangesToPlay,
  requests: readonly (readonly [url: string, hash: string])[],
): readonly (string | undefined)[] {
  return requests.map(([url, hash]) => exchanges.take(asked(url), hash)?.request.at);
}

Deno.test("the same body is answered in the order of the recording, and by the last again and again", () => {
  const exchanges = new ExchangesToPlay(
    [recorded("1", "a"), recorded("2", "b"), recorded("3", "a")],
    "exact",
  );
  const requests = ["a", "b", "a", "a", "b", "c"].map((hash) => [CHAT, hash] as const);
  assertEquals(taken(exchanges, requests), ["1", "2", "3", "3", "2", undefined]);
});

Deno.test("in order, whatever the body, each is taken once", () => {
  const exchanges = new ExchangesToPlay([recorded("1", "a"), recorded("2", "b")], "order");
  assertEquals(taken(exchanges, [[CHAT, "x"], [CHAT, "x"], [CHAT, "x"]]), ["1", "2", undefined]);
});

Deno.test("a server's own are taken where it has any, else those of all by their places", () => {
  const list = [
    recorded("1", "a", { url: OTHER_CHAT }),
    recorded("2", "a"),
    recorded("3", "a", { url: OTHER_CHAT }),
    recorded("4", "b", { url: OTHER_CHAT }),
  ];
  const own = new ExchangesToPlay(list, "exact");
  // It has been recorded, but not with this body.
  assertEquals(taken(own, [[CHAT, "a"], [CHAT, "b"]]), ["2", undefined]);
  for (const match of ["exact", "order"] as const) {
    const elsewhere = "http://three.test/v1/chat/completions";
    const exchanges = new ExchangesToPlay(list, match);
    const requests = ["a", "a", "a"].map((hash) => [elsewhere, hash] as const);
    assertEquals(taken(exchanges, requests), ["1", "2", "3"], match);
    assertEquals(exchanges.at(asked(elsewhere)).map(({ request }) => request.at), [
      "1",
      "2",
      "3",
      "4",
    ]);
  }
});

Deno.test("what was not kept is told whenever it is asked for", () => {
  const exchanges = new ExchangesToPlay(
    [recorded("1", "a", { isKept: false }), recorded("2", "a")],
    "order",
  );
  assertEquals(taken(exchanges, [[CHAT, "a"], [CHAT, "a"]]), ["1", "1"]);
});
