import { assertEquals, assertRejects } from "@std/assert";
import { ThreadLink, type ThreadPort } from "../../src/host/workers/thread_link.ts";

type Sums = {
  readonly add: (numbers: { readonly first: number; readonly second: number }) => number;
  readonly fail: () => void;
  readonly wait: () => void;
};
type Texts = { readonly shout: (text: string) => string };

/** Two ends that are joined as threads are. */
function createLinks() {
  const { port1, port2 } = new MessageChannel();
  const portOf = (port: MessagePort): ThreadPort => ({
    postMessage: (message) => port.postMessage(message),
    on: (_, listener) => port.onmessage = ({ data }) => listener(data),
  });
  const asking = new ThreadLink<Sums, Texts>(portOf(port1), {
    shout: (text) => text.toUpperCase(),
  });
  const answering = new ThreadLink<Texts, Sums>(portOf(port2), {
    add: async ({ first, second }) => {
      await Promise.resolve();
      return first + second;
    },
    fail: () => {
      throw new RangeError("planted");
    },
    wait: () => new Promise(() => {}),
  });
  return {
    asking,
    answering,
    [Symbol.dispose]: () => {
      port1.close();
      port2.close();
    },
  };
}

Deno.test("ThreadLink answers both ends, each question with its own answer", async () => {
  using links = createLinks();
  const { asking, answering } = links;
  const answers = await Promise.all([
    asking.ask("add", { first: 1, second: 2 }),
    asking.ask("add", { first: 3, second: 4 }),
    answering.ask("shout", "hi"),
  ]);
  assertEquals(answers, [3, 7, "HI"]);
});

Deno.test("ThreadLink hands on what the other end throws, with its name", async () => {
  using links = createLinks();
  const error = await assertRejects(() => links.asking.ask("fail"), Error, "planted");
  assertEquals(error.name, "RangeError");
});

Deno.test("ThreadLink fails what waits, and what comes later, once the other end is gone", async () => {
  using links = createLinks();
  const { asking } = links;
  const waiting = asking.ask("wait");
  asking.close(new Error("gone"));
  await assertRejects(() => waiting, Error, "gone");
  await assertRejects(() => asking.ask("wait"), Error, "gone");
});
