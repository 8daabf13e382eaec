/** Texts with JSON, code and marks of tools that call nothing, although tools are declared. */

/** Each stands alone, in prose, in a fence, in a list and behind a line of its own. */
const SNIPPETS: readonly string[] = [
  '{"name": "Ada", "age": 36}',
  '{"name": "weather-app", "version": "1.0.0", "scripts": {"start": "node ."}}',
  '[{"name": "Ada"}, {"name": "Grace"}]',
  '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}',
  '{"type": "function", "function": {"name": "get_time", "parameters": {}}}',
  '{"type": "FeatureCollection", "features": []}',
  '{"function": "sin", "domain": [0, 1]}',
  '{"id": "42", "name": "get_weather_report", "arguments": {"city": "Paris"}}',
  '{"name": "get_weather", "description": "The weather of a city.", "parameters": {"type": "object"}}',
  '{"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}',
  '{"name": "get_weather", "version": "2.1"}',
  '{"tool": "hammer", "weight": 2}',
  '{"arguments": {"city": "Paris"}}',
  '{"parameters": {"learning_rate": 0.01}, "model": "resnet"}',
  '{"tools": [{"name": "get_weather"}]}',
  '{"get_weather": {"city": "Paris"}}',
  '{"city": "Paris", "days": 3}',
  '{"a": {"b": {"c": [1, 2, {"d": null}]}}}',
  "{'name': 'Ada', 'tags': ['x']}",
  "{ name: get_weather }",
  "{",
  "[1, 2, 3]",
  "[[1, 0], [0, 1]]",
  "[ ] buy milk\n[x] write tests",
  "[get_weather](https://example.com/docs)",
  "{{ template.name }}",
  "{% if name %}{{ name }}{% endif %}",
  "function get_weather(city) {\n  return { name: city, parameters: {} };\n}",
  "def get_weather(city: str) -> dict:\n    return {'name': city}",
  'const tools = [{ type: "function", name: "get_weather" }];',
  "if (a < b) { c(); } else { d(); }",
  "#include <stdio.h>\nint main(void) { return 0; }",
  "SELECT name, parameters FROM tools WHERE name = 'get_weather';",
  "<tool_box>hammer</tool_box>",
  "<tool_call> is the tag that opens a call.",
  "<function>square</function>",
  "<function name='square'>{}</function>",
  "a <| b |> c",
  '`<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>`',
  'Write `{"name": "get_weather", "parameters": {"city": "Paris"}}` to call it.',
];

const FRAMES: readonly ((snippet: string) => string)[] = [
  (snippet) => snippet,
  (snippet) => `For example:\n\n${snippet}\n\nThat is all there is to it.`,
  (snippet) => `Here you go.\n\n\`\`\`json\n${snippet}\n\`\`\`\n\nAnything else?`,
  (snippet) => `1. First:\n${snippet}\n2. Then more <b>text</b> & so on.\n`,
  (snippet) => `\n\n${snippet}\nThe end`,
];

/** 200 of them. */
export const PLAIN_TEXTS: readonly string[] = SNIPPETS.flatMap((snippet) =>
  FRAMES.map((frame) => frame(snippet))
);

/** Examples of calls of tools that are declared, in texts about them. */
export const EXAMPLES: readonly string[] = [
  'To call it, write:\n\n```json\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n```\n\nThen wait.',
  'To call it, write:\n\n```\n<tool_call>{"name": "list_files", "arguments": {}}</tool_call>\n```\n',
  'A call is\n{"name": "get_weather", "parameters": {"city": "Paris"}}\nand its result is a text.',
  '```json\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n```\n\nThis is how it is called.',
  'In Hermes\' form: `<tool_call>{"name": "list_files", "arguments": {}}</tool_call>`.',
];

/** What asks for a call in words that are not read. */
export const MISSED: readonly string[] = [
  'get_weather(city="Paris")',
  '[get_weather(city="Paris")]',
  'get_weather {"city": "Paris"}',
  '<|python_tag|>get_weather.call(city="Paris")',
  'Action: get_weather\nAction Input: {"city": "Paris"}',
  '<invoke name="get_weather"><parameter name="city">Paris</parameter></invoke>',
];
