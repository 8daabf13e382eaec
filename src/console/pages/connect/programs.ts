/** What each program has to be told to speak to Weir. */

export interface Setting {
  /** Without a slash at its end. */
  readonly address: string;
  readonly key: string;
  readonly model: string;
}

export interface Program {
  readonly name: string;
  /** Where the text goes. */
  readonly note: string;
  readonly snippet: (setting: Setting) => string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);
/** A text in TOML, Python, Go or JavaScript, whose strings are those of JSON. */
const quoted = (text: string): string => JSON.stringify(text);
/** For a shell. */
const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const variables = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values).map(([name, value]) => `export ${name}=${word(value)}`).join("\n");

export const AGENTS: readonly Program[] = [
  {
    name: "Claude Code",
    note: "In the shell that starts it",
    snippet: ({ address, key, model }) =>
      variables({
        ANTHROPIC_BASE_URL: address,
        ANTHROPIC_AUTH_TOKEN: key,
        ANTHROPIC_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      }) + "\nclaude",
  },
  {
    name: "Codex",
    note: "~/.codex/config.toml; the key in WEIR_API_KEY",
    snippet: ({ address, key, model }) =>
      [
        `model = ${quoted(model)}`,
        'model_provider = "weir"',
        "",
        "[model_providers.weir]",
        'name = "Weir"',
        `base_url = ${quoted(`${address}/v1`)}`,
        'wire_api = "responses"',
        'env_key = "WEIR_API_KEY"',
        "",
        `# export WEIR_API_KEY=${word(key)}`,
      ].join("\n"),
  },
  {
    name: "Gemini CLI",
    note: "In the shell that starts it",
    snippet: ({ address, key, model }) =>
      variables({ GOOGLE_GEMINI_BASE_URL: address, GEMINI_API_KEY: key }) +
      `\ngemini --model ${word(model)}`,
  },
  {
    name: "opencode",
    note: "opencode.json",
    snippet: ({ address, key, model }) =>
      json({
        provider: {
          weir: {
            npm: "@ai-sdk/openai-compatible",
            name: "Weir",
            options: { baseURL: `${address}/v1`, apiKey: key },
            models: { [model]: {} },
          },
        },
        model: `weir/${model}`,
      }),
  },
  {
    name: "Cline",
    note: "Settings, API Provider: OpenAI Compatible",
    snippet: ({ address, key, model }) =>
      `Base URL   ${address}/v1\nAPI Key    ${key}\nModel ID   ${model}`,
  },
  {
    name: "Continue",
    note: "~/.continue/config.yaml",
    snippet: ({ address, key, model }) =>
      [
        "models:",
        "  - name: Weir",
        "    provider: openai",
        `    model: ${quoted(model)}`,
        `    apiBase: ${quoted(`${address}/v1`)}`,
        `    apiKey: ${quoted(key)}`,
        "    roles: [chat, edit, apply]",
      ].join("\n"),
  },
  {
    name: "Zed",
    note: "settings.json; the key in WEIR_API_KEY",
    snippet: ({ address, key, model }) =>
      json({
        language_models: {
          openai_compatible: {
            Weir: {
              api_url: `${address}/v1`,
              available_models: [{ name: model, display_name: model, max_tokens: 128_000 }],
            },
          },
        },
      }) + `\n// export WEIR_API_KEY=${word(key)}`,
  },
  {
    name: "Open WebUI",
    note: "Variables of its container",
    snippet: ({ address, key }) => `OPENAI_API_BASE_URL=${address}/v1\nOPENAI_API_KEY=${key}`,
  },
];

export const LIBRARIES: readonly Program[] = [
  {
    name: "curl",
    note: "Streamed",
    snippet: ({ address, key, model }) =>
      [
        `curl -N ${word(`${address}/v1/chat/completions`)} \\`,
        `  -H ${word(`Authorization: Bearer ${key}`)} \\`,
        "  -H 'Content-Type: application/json' \\",
        `  -d ${
          word(
            JSON.stringify({
              model,
              stream: true,
              messages: [{ role: "user", content: "Hello!" }],
            }),
          )
        }`,
      ].join("\n"),
  },
  {
    name: "JavaScript",
    note: "npm install openai",
    snippet: ({ address, key, model }) =>
      `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${quoted(`${address}/v1`)}, apiKey: ${quoted(key)} });
const stream = await client.chat.completions.create({
  model: ${quoted(model)},
  messages: [{ role: "user", content: "Hello!" }],
  stream: true,
});
for await (const chunk of stream) console.log(chunk.choices[0]?.delta?.content ?? "");`,
  },
  {
    name: "Python",
    note: "pip install anthropic",
    snippet: ({ address, key, model }) =>
      `from anthropic import Anthropic

client = Anthropic(base_url=${quoted(address)}, api_key=${quoted(key)})
message = client.messages.create(
    model=${quoted(model)},
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello!"}],
)
print(message.content)`,
  },
  {
    name: "Go",
    note: "go get google.golang.org/genai",
    snippet: ({ address, key, model }) =>
      `client, err := genai.NewClient(ctx, &genai.ClientConfig{
	APIKey:      ${quoted(key)},
	Backend:     genai.BackendGeminiAPI,
	HTTPOptions: genai.HTTPOptions{BaseURL: ${quoted(address)}},
})
if err != nil {
	log.Fatal(err)
}
answer, err := client.Models.GenerateContent(ctx, ${quoted(model)}, genai.Text("Hello!"), nil)`,
  },
  {
    name: "Java",
    note: "com.openai:openai-java",
    snippet: ({ address, key, model }) =>
      `OpenAIClient client = OpenAIOkHttpClient.builder()
    .baseUrl(${quoted(`${address}/v1`)})
    .apiKey(${quoted(key)})
    .build();
var answer = client.responses().create(ResponseCreateParams.builder()
    .model(${quoted(model)})
    .input("Hello!")
    .build());`,
  },
];
