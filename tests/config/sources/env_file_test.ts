import { assertEquals, assertThrows } from "@std/assert";
import { readEnvFile } from "../../../src/config/sources/env_file.ts";
import { ConfigError } from "../../../src/config/problems/problem.ts";

Deno.test("readEnvFile() reads values as they are usually written", () => {
  const cases = [
    ["", {}],
    ["A=1\n# B=2\n\n  C = 3 \nexport D=4", { A: "1", C: "3", D: "4" }],
    ["\uFEFFA=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["A=\nB= # none\nC=x # three\nD=a#b\nE=#f00", { A: "", B: "", C: "x", D: "a#b", E: "#f00" }],
    [`A="x y" # c\nB='$x "y"'\nC=\`it's\``, { A: "x y", B: '$x "y"', C: "it's" }],
    ["A=\"1\\n2\"\nB='1\\n2'\nC=1\\n2", { A: "1\n2", B: "1\\n2", C: "1\\n2" }],
    ['A="first\n#second\n"\nB=2', { A: "first\n#second\n", B: "2" }],
    ['A={"a": "b"}\nB=it\'s\nC=$B', { A: '{"a": "b"}', B: "it's", C: "$B" }],
    ["A=1\nA=2", { A: "2" }],
    ["UPSTREAM_MY-LLM_API_KEY=k\n__proto__=p", {
      "UPSTREAM_MY-LLM_API_KEY": "k",
      ["__proto__"]: "p",
    }],
  ] as const;
  for (const [text, expected] of cases) {
    assertEquals(readEnvFile(".env", text), { ...expected }, text);
  }
});

Deno.test("readEnvFile() tells every line that sets nothing, and repeats none of it", () => {
  const text = [
    "A=1",
    "PROXY_API_KEY: planted",
    "B=2",
    "planted",
    "=planted",
    "1C=planted",
    'D="planted',
    "E='planted' planted",
  ].join("\n");
  const { message } = assertThrows(() => readEnvFile("dir/.env", text), ConfigError);
  assertEquals(
    message.split("\n").map((line) => line.slice(0, line.indexOf(": "))),
    [2, 4, 5, 6, 7, 8].map((line) => `dir/.env:${line}`),
  );
  assertEquals(message.includes("planted"), false);
});
