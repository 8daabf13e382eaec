import { assertEquals } from "@std/assert";
import { PlainChunks } from "../../../src/formats/openai_chat/stream/plain_chunks.ts";

const utf8 = new TextEncoder();
const HEAD = `{"id":"c1","model":"m"`;
const CHOICES = `"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]`;

function has(chunks: PlainChunks, event: string): boolean {
  const bytes = utf8.encode(`x${event}x`);
  return chunks.has(bytes, 1, bytes.length - 1);
}

/** Whether an event is plain: to one who sees it first, and who has seen others of its kind. */
function isPlain(event: string): boolean {
  const chunks = new PlainChunks();
  const isPlainAtFirst = has(chunks, event);
  has(chunks, `data: ${HEAD},${CHOICES}}\n\n`);
  for (let count = 0; count < 2; count++) assertEquals(has(chunks, event), isPlainAtFirst, event);
  return isPlainAtFirst;
}

Deno.test("PlainChunks knows a chunk from all other events", () => {
  const plain = [
    `data: {${CHOICES}}\n\n`,
    `data: { "choices" : [ {"a":1}]}\n\n`,
    `data:${HEAD},${CHOICES}}\r\n\r\n`,
    `data: ${HEAD},${CHOICES},"usage":null,"x":{"y":1}}\n\n`,
    `data: ${HEAD},\ndata: ${CHOICES}}\n\n`,
    `data: {"model":"é","code":0,"detail":[1],${CHOICES}}\n\n`,
    `data: {"x":"${"y".repeat(2_000)}",${CHOICES}}\n\n`,
  ];
  for (const event of plain) assertEquals(isPlain(event), true, event);
  const others = [
    "data: [DONE]\n\n",
    `data: ${HEAD},${CHOICES}\n\n`,
    "data:{}\n\n",
    "data: {\n\n",
    "data: : keepalive\n\n",
    ": comment {}\n\n",
    `event: error\ndata: {${CHOICES}}\n\n`,
    `data: {${CHOICES}}\nevent: error\n\n`,
    `data: ${HEAD},\nevent: error\ndata: ${CHOICES}}\n\n`,
    "data:\n\n",
    "\n",
    `\uFEFFdata: {${CHOICES}}\n\n`,
    `Data: {${CHOICES}}\n\n`,
  ];
  for (const event of others) assertEquals(isPlain(event), false, event);
});

Deno.test("PlainChunks knows a chunk from an error that has no word for it", () => {
  const error = `"code":500,"message":"boom"`;
  const events = [
    `{${error}}`,
    `{"id":"c1",${error}}`,
    `{"object":"errorr",${error}}`,
    `{"model":"m","detail":[{"msg":"boom"}]}`,
    `{"id":"c1","choices":[],${error}}`,
    `{"id":"c1","choices":null,${error}}`,
    `{"id":"choices","x":[{}],${error}}`,
    `{"data":{${CHOICES}},${error}}`,
    `{"data":[1,{${CHOICES}}],${error}}`,
    `{"my \\"choices":[{}],${error}}`,
    // The last of two keys of one name counts.
    `${HEAD},${CHOICES},"choices":[],${error}}`,
    `{"choices":[],${CHOICES},${error}}`,
    String.raw`${HEAD},${CHOICES},"\u0063hoices":[],${error}}`,
    // A key of its own, before the choices and behind them.
    `${HEAD},"error":"boom",${CHOICES}}`,
    `${HEAD},${CHOICES},"error":"boom"}`,
  ];
  for (const event of events) assertEquals(isPlain(`data: ${event}\n\n`), false, event);
});

Deno.test("PlainChunks takes up the head of each chunk, and believes none that tells", () => {
  const chunks = new PlainChunks();
  const chunk = (head: string) => `data: {"id":"${head}",${CHOICES}}\n\n`;
  for (const head of ["c1", "c1", "another", "c", "c1"]) {
    assertEquals(has(chunks, chunk(head)), true, head);
  }
  const usage = `data: {"usage":{"prompt_tokens":1},${CHOICES}}\n\n`;
  for (let count = 0; count < 2; count++) assertEquals(has(chunks, usage), false);
});
