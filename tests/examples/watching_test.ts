/** What Prometheus's own tool says of the files for it, and of the queries of the dashboard. */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { runTool } from "./run_tool.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = new URL("examples/", ROOT);
const PROMETHEUS = new URL("prometheus/", EXAMPLES).pathname;

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard: Dashboard = JSON.parse(
  await Deno.readTextFile(new URL("grafana/weir.json", EXAMPLES)),
);
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

Deno.test("promtool takes the scrape configuration and its alerts, which fire when they should", async () => {
  for (
    const args of [["check", "config", "prometheus.yml"], ["test", "rules", "alerts_test.yml"]]
  ) {
    const { isContent, text } = await runTool("promtool", args, { cwd: PROMETHEUS });
    assert(isContent, text);
  }
});

Deno.test("each query of the dashboard is one", async () => {
  // Grafana fills these in.
  const rules = queries.map((query, index) =>
    ["$__rate_interval", "$__range"].reduce((text, name) => text.replaceAll(name, "5m"), query)
      .replace(/^/, `      - record: query:${index}\n        expr: >-\n          `)
  );
  const text = `groups:\n  - name: dashboard\n    rules:\n${rules.join("\n")}\n`;
  await using place = await workingDirectory({ "dashboard.yml": text });
  const report = await runTool("promtool", ["check", "rules", `${place.path}/dashboard.yml`]);
  assert(report.isContent, report.text);
  assert(queries.length > 15);
  const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
  assertEquals(new Set(places).size, places.length, "panels lie on each other");
});

Deno.test("alerts and dashboard ask for metrics that there are, by labels that they have", async () => {
  await using weir = await startProgram({ env: { WORKERS: "2" } });
  const text = await (await fetch(`${weir.url}/metrics`)).text();
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
  const alerts = await Deno.readTextFile(`${PROMETHEUS}/alerts.yml`);
  const asked = `${alerts}\n${queries.join("\n")}`
    .matchAll(/\b(?:weir|gen_ai|process)_\w+(?=[{\[) ])/g);
  const names = new Set([...asked].map(([name]) => name));
  const labels = /^gen_ai_(operation|provider|request|token)_\w+$/;
  const unknown = [...names].filter((name) => {
    const family = name.replace(/_(bucket|sum|count)$/, "");
    return !types.has(name) && types.get(family) !== "histogram" && !labels.test(name);
  });
  assertEquals(unknown, []);
  assert(names.size > 12);
});
