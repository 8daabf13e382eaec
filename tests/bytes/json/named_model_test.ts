import { assertEquals } from "@std/assert";
import {
  modelInForm,
  modelInJson,
  type NamedModel,
  withModel,
} from "../../../src/bytes/json/named_model.ts";

type Find = (bytes: Uint8Array<ArrayBuffer>) => NamedModel | undefined;

const bytesOf = (text: string) => new TextEncoder().encode(text);

function renamed(text: string, find: Find, model: string): string | undefined {
  const bytes = bytesOf(text);
  const named = find(bytes);
  return named && new TextDecoder().decode(withModel(bytes, named, model));
}

Deno.test("modelInJson() finds the model of the outermost object, in as much as is there", () => {
  const cases: readonly [text: string, model: string | undefined][] = [
    ['{"model":"a"}', "a"],
    [' {\n "input" : [{"model":"no"}, "}"], "model" : "a" , "x":1', "a"],
    ['{"mode\\u006c":"\\u00e4/b"}', "ä/b"],
    ['{"model":"a","model":"b"}', "a"],
    ['{"model":5,"model":"b"}', "b"],
    ['{"model":""}', undefined],
    ['{"model":null}', undefined],
    ['{"Model":"a"}', undefined],
    ['{"model', undefined],
    ['{"model"', undefined],
    ['{"model":', undefined],
    ['{"model":"a', undefined],
    ['{"model":"a\\"', undefined],
    ['{"input":"mod', undefined],
    ['["model","a"]', undefined],
    ["model=a", undefined],
    ["", undefined],
  ];
  for (const [text, model] of cases) {
    assertEquals([text, modelInJson(bytesOf(text))?.name], [text, model]);
  }
});

Deno.test("modelInJson() takes no cut for the end of a name, wherever it is", () => {
  const whole = '{"input":["a",{"b":"\\"}"}],"model":"gpt\\u002d4o","stream":true}';
  const end = whole.indexOf(',"stream"');
  for (let length = 0; length <= whole.length; length++) {
    const { name } = modelInJson(bytesOf(whole.slice(0, length))) ?? {};
    assertEquals([length, name], [length, length >= end ? "gpt-4o" : undefined]);
  }
});

Deno.test("withModel() changes the name alone", () => {
  const json = '{ "seed":9007199254740993,"model" : "fast","input":"ä" }';
  assertEquals(
    renamed(json, modelInJson, 'a"b'),
    '{ "seed":9007199254740993,"model" : "a\\"b","input":"ä" }',
  );
});

function formOf(...parts: readonly string[]): string {
  return parts.map((part) => `--b-1\r\n${part}\r\n`).join("") + "--b-1--\r\n";
}

const MODEL = 'Content-Disposition: form-data; name="model"\r\n\r\n';

Deno.test("modelInForm() finds the part, whatever stands before it, and only where its end is there", () => {
  const file = 'content-disposition: form-data; filename="a"; name="file"\r\n' +
    'content-type: audio/x\r\n\r\n\u0000\r\n--b-\r\nname="model"\r\n\r\nno';
  const find: Find = (bytes) => modelInForm(bytes, "b-1");
  const form = formOf(
    file,
    `${MODEL}whisper-1`,
    'content-disposition: form-data; name="n"\r\n\r\n1',
  );
  assertEquals(
    renamed(form, find, "gpt-4o-transcribe"),
    formOf(
      file,
      `${MODEL}gpt-4o-transcribe`,
      'content-disposition: form-data; name="n"\r\n\r\n1',
    ),
  );
  const end = form.indexOf("whisper-1") + "whisper-1\r\n--b-1".length;
  for (let length = 0; length <= form.length; length++) {
    const named = find(bytesOf(form.slice(0, length)));
    assertEquals([length, named?.name], [length, length >= end ? "whisper-1" : undefined]);
  }
});

Deno.test("modelInForm() takes no other part for it", () => {
  const find = (...parts: string[]) => modelInForm(bytesOf(formOf(...parts)), "b-1")?.name;
  assertEquals(find("content-disposition: form-data; name=model\r\n\r\na"), "a");
  assertEquals(find('content-disposition: form-data; name="model"; x="y"\r\nx: y\r\n\r\nä'), "ä");
  assertEquals(find(MODEL), undefined);
  assertEquals(find('content-disposition: form-data; name="my_model"\r\n\r\na'), undefined);
  assertEquals(find('content-disposition: form-data; filename="model"\r\n\r\na'), undefined);
  assertEquals(find('content-disposition: attachment; name="model"\r\n\r\na'), undefined);
  assertEquals(modelInForm(bytesOf("no form at all"), "b-1"), undefined);
});
