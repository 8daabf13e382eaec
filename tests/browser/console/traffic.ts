/** Calls over every surface, whole and broken: what a console has to show. */

const FAULTS = [
  "",
  "[reasoning=Let me think.]",
  '[tool=get_weather {"city":"Oslo"}]',
  "[429]",
  "[503]",
  "[cut=3]",
  "[error=2]",
  "[nofinish]",
  "[length]",
];

type Sent = readonly [path: string, body: unknown, headers?: Record<string, string>];

/** Each surface as its clients ask it. */
const SURFACES: readonly ((model: string, content: string) => Sent)[] = [
  (model, content) => ["/v1/chat/completions", { model, stream: true, messages: said(content) }],
  (model, content) => ["/v1/chat/completions", { model, messages: said(content) }],
  (model, content) => ["/v1/responses", { model, stream: true, input: content }],
  (model, content) => [
    "/v1/messages",
    { model, max_tokens: 100, stream: true, messages: said(content) },
    { "anthropic-version": "2023-06-01" },
  ],
  (model, content) => [
    `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    { contents: [{ role: "user", parts: [{ text: content }] }] },
  ],
  (model, content) => ["/api/chat", { model, messages: said(content) }],
  (model, content) => ["/api/v1/inference", { model, messages: said(content) }],
  (
    model,
    content,
  ) => ["/api/v1/inference/stream", { model, stream: true, messages: said(content) }],
  (model) => ["/v1/embeddings", { model, input: "text" }],
];

function said(content: string): unknown {
  return [{ role: "user", content }];
}

/** One call of each fault, the surfaces in turns; ends when the last is over. */
export async function sendTraffic(weir: { readonly url: string }, key: string): Promise<void> {
  const models = ["fake-model", "fake-lab/fake-model", "gpt-5.2"];
  const sent = Array.from({ length: FAULTS.length * SURFACES.length }, (_, index) => {
    const fault = FAULTS[index % FAULTS.length] ?? "";
    const surface = SURFACES[Math.floor(index / FAULTS.length)]!;
    return surface(models[index % models.length] ?? "", `Say hello. ${fault}`);
  });
  await Promise.all(sent.map((each) => send(weir, key, each)));
}

/** Whatever comes of it. */
export async function send(
  weir: { readonly url: string },
  key: string,
  [path, body, headers = {}]: Sent,
): Promise<void> {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(body),
  });
  // A tag may have it broken off.
  await response.text().catch(() => undefined);
}
