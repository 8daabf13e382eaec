/** The fake LLM's Ollama: every form of answer, its tags and its refusals. */

import { assertEquals } from "@std/assert";
import { checkOllamaStream } from "../formats/ollama/stream_checker.ts";
import { FakeServer, readBroken } from "./fake_server.ts";

function ask(fake: FakeServer, content: string, more: object = {}): Promise<Response> {
  return fake.post("/api/chat", { model: "m", messages: [{ role: "user", content }], ...more });
}

Deno.test("fake Ollama: chats and texts, whole and streamed", async () => {
  await using fake = new FakeServer();
  const streamed = await (await ask(fake, 'Hi [reasoning=Hm] [tool=f {"a":1}]')).text();
  assertEquals(checkOllamaStream(streamed), []);
  const whole = await (await ask(fake, "Hi", { stream: false })).json();
  assertEquals([whole.message.content, whole.done, whole.done_reason], [
    "hello world",
    true,
    "stop",
  ]);
  const text = await (await fake.post("/api/generate", { model: "m", prompt: "Hi" })).text();
  assertEquals(checkOllamaStream(text, "generate"), []);
  const schema = { type: "object", properties: { a: { const: 1 } }, required: ["a"] };
  const formed = await (await ask(fake, "Hi", { stream: false, format: schema })).json();
  assertEquals(JSON.parse(formed.message.content), { a: 1 });
  const bound = await (await ask(fake, "Hi", { stream: false, options: { num_predict: 1 } }))
    .json();
  assertEquals([bound.message.content, bound.done_reason], ["hello", "length"]);
});

Deno.test("fake Ollama: its tags, as far as lines can show them", async () => {
  await using fake = new FakeServer({ isInstant: true });
  const linesOf = async (prompt: string) => (await (await ask(fake, prompt)).text()).split("\n");
  assertEquals((await linesOf("[error=1]")).length, 3);
  assertEquals(JSON.parse((await linesOf("[error=1]"))[1] ?? "").error.length > 0, true);
  assertEquals((await linesOf("[nodone]")).length, 3);
  assertEquals(JSON.parse((await linesOf("[nofinish]"))[2] ?? "").done, false);
  assertEquals((await linesOf("[comments=2]")).length, 6);
  assertEquals((await linesOf("[tokens=5]")).length, 7);
  const limited = await ask(fake, "[429]");
  await limited.body?.cancel();
  assertEquals(limited.status, 429);
  assertEquals(await (await ask(fake, "[404]")).json(), {
    error: "The model does not exist or you do not have access to it.",
  });
  assertEquals((await readBroken(await ask(fake, "[cut=1]"))).ended, false);
});

Deno.test("fake Ollama: what Ollama refuses", async () => {
  await using fake = new FakeServer();
  const bodies = [
    { messages: [] },
    { model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] },
    { model: "m", messages: [{ role: "user", images: ["https://x.test"] }] },
    {
      model: "m",
      messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] }],
    },
    { model: "m", messages: [], think: "much" },
    { model: "m", messages: [], keep_alive: "5" },
  ];
  for (const body of bodies) {
    const response = await fake.post("/api/chat", body);
    assertEquals(response.status, 400, JSON.stringify(body));
    assertEquals(Object.keys(await response.json()), ["error"]);
  }
});
