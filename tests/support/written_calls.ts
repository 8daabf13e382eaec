/** Answers as Llama 3.1 8B writes them where it is told of tools: in many forms, right and wrong. */

import type { Tool } from "../../src/core/chat/chat.ts";

export const TOOLS: readonly Tool[] = [
  {
    kind: "function",
    name: "get_weather",
    description: "The weather of a city.",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        days: { type: "integer" },
        unit: { enum: ["c", "f"] },
      },
      required: ["city"],
      additionalProperties: false,
    },
  },
  {
    kind: "function",
    name: "write_file",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, content: { type: "string" } },
      required: ["path", "content"],
    },
  },
  { kind: "function", name: "list_files", parameters: { type: "object", properties: {} } },
  { kind: "custom", name: "apply_patch" },
];

export interface WrittenCall {
  readonly written: string;
  /** Name and arguments of each, by `JSON.stringify`; empty where it is no call. */
  readonly calls: readonly (readonly [name: string, input: string])[];
  /** What of it is text. */
  readonly text?: string;
  /** The model is asked again, for this. */
  readonly problem?: RegExp;
}

const PARIS = ["get_weather", '{"city":"Paris"}'] as const;
const ROME = ["get_weather", '{"city":"Rome"}'] as const;
const FILES = ["list_files", "{}"] as const;

export const WRITTEN_CALLS: Readonly<Record<string, WrittenCall>> = {
  "as it is told to": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>',
    calls: [PARIS],
  },
  "over several lines": {
    written:
      '<tool_call>\n{\n  "name": "get_weather",\n  "arguments": {\n    "city": "Paris"\n  }\n}\n</tool_call>\n',
    calls: [PARIS],
  },
  "behind a text": {
    written:
      'I will look that up.\n\n<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>',
    text: "I will look that up.\n\n",
    calls: [PARIS],
  },
  "its own form": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris"}}',
    calls: [PARIS],
  },
  "its own form with a type": {
    written: '{"type": "function", "name": "get_weather", "parameters": {"city": "Paris"}}',
    calls: [PARIS],
  },
  "its own form behind a text": {
    written: 'Here is the call:\n\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n',
    text: "Here is the call:\n\n",
    calls: [PARIS],
  },
  "its own form, and what it makes up of the result": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris"}}\n\nIt is sunny in Paris.',
    text: "It is sunny in Paris.",
    calls: [PARIS],
  },
  "behind the mark of code": {
    written: '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}<|eom_id|>',
    calls: [PARIS],
  },
  "in the form for own functions": {
    written: '<function=get_weather>{"city": "Paris"}</function>',
    calls: [PARIS],
  },
  "in a fence": {
    written: '```json\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n```',
    calls: [PARIS],
  },
  "two at once": {
    written:
      '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>\n<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call>',
    calls: [PARIS, ROME],
  },
  "two in its own form": {
    written:
      '{"name": "get_weather", "parameters": {"city": "Paris"}}; {"name": "get_weather", "parameters": {"city": "Rome"}}',
    calls: [PARIS, ROME],
  },
  "two in a list": {
    written:
      '[{"name": "get_weather", "parameters": {"city": "Paris"}}, {"name": "get_weather", "parameters": {"city": "Rome"}}]',
    calls: [PARIS, ROME],
  },
  "OpenAI's form": {
    written:
      '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}}]}',
    calls: [PARIS],
  },
  "without arguments": { written: '{"name": "list_files"}', calls: [FILES] },
  "a name in other letters": {
    written:
      '<tool_call>{"name": "functions.Get-Weather", "arguments": {"city": "Paris"}}</tool_call>',
    calls: [PARIS],
  },
  "numbers as texts, and null for nothing": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris", "days": "3", "unit": null}}',
    calls: [["get_weather", '{"city":"Paris","days":3}']],
  },
  "line ends within a text": {
    written:
      '<tool_call>{"name": "write_file", "arguments": {"path": "a.html", "content": "<tool_call>\n</tool_call> {\n"}}</tool_call>',
    calls: [["write_file", '{"path":"a.html","content":"<tool_call>\\n</tool_call> {\\n"}']],
  },
  "a comma too many": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris",},}</tool_call>',
    calls: [PARIS],
  },
  "Python's quotes": {
    written: "<tool_call>{'name': 'get_weather', 'arguments': {'city': 'Paris'}}</tool_call>",
    calls: [PARIS],
  },
  "a bracket too few": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris"}',
    calls: [PARIS],
  },
  "a bracket too many": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}}</tool_call>',
    calls: [PARIS],
  },
  "without the closing mark": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}',
    calls: [PARIS],
  },
  "a tool whose input is a text": {
    written: '<tool_call>{"name": "apply_patch", "arguments": {"input": "*** Begin"}}</tool_call>',
    calls: [["apply_patch", "*** Begin"]],
  },
  "the same in short": {
    written: '<tool_call>{"name": "apply_patch", "arguments": "*** Begin"}</tool_call>',
    calls: [["apply_patch", "*** Begin"]],
  },
  "an argument too few": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"days": 3}}</tool_call>',
    calls: [["get_weather", '{"days":3}']],
    problem: /get_weather: "city" is missing/,
  },
  "an argument of the wrong type": {
    written:
      '{"name": "get_weather", "parameters": {"city": {"type": "string", "value": "Paris"}}}',
    calls: [["get_weather", '{"city":{"type":"string","value":"Paris"}}']],
    problem: /"city" must be string/,
  },
  "an argument that is not known": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris", "country": "France"}}',
    calls: [["get_weather", '{"city":"Paris"}']],
    problem: /"country" is not known/,
  },
  "a value that is none of the list": {
    written: '{"name": "get_weather", "parameters": {"city": "Paris", "unit": "kelvin"}}',
    calls: [["get_weather", '{"city":"Paris","unit":"kelvin"}']],
    problem: /"unit" must be one of \["c","f"\]/,
  },
  "a tool that is not there": {
    written: '<tool_call>{"name": "get_time", "arguments": {"city": "Paris"}}</tool_call>',
    calls: [],
    problem: /no tool/,
  },
  "JSON that is none": {
    written: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris}}</tool_call>',
    calls: [],
    problem: /not valid JSON/,
  },
};

/** The forms in which one call of one tool can be written, with the argument that is a city in them. */
export const FORMS: readonly string[] = Object.entries(WRITTEN_CALLS)
  .filter(([, { written, problem }]) => /Paris/.test(written) || problem !== undefined)
  .map(([name]) => name);

/** A form for another tool with one argument. */
export function writeCall(form: string, tool: string, argument: string, value: string): string {
  return (WRITTEN_CALLS[form]?.written ?? "")
    .replaceAll("get_weather", tool)
    .replaceAll("Get-Weather", tool.toUpperCase())
    .replaceAll("city", argument)
    .replaceAll("Paris", value);
}
