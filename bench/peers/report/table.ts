/** Results as tables of Markdown. */

import { figure, peersIn, ratio, type Result, SERVER } from "../result.ts";
import type { Summary } from "../statistics.ts";
import type { Measure, WorkItem } from "../work/work_item.ts";

/** All figures of one kind of work, a row for each server. */
export function tableOf({ measures }: WorkItem, result: Result, isBrief = false): string {
  const hasRatios = result.servers.includes(SERVER) && !isBrief;
  const isCompared = (measure: Measure) => hasRatios && measure.isCompared;
  const columns = measures.flatMap((measure) =>
    isCompared(measure) ? [measure.unit, `${SERVER} to it`] : [measure.unit]
  );
  const rows = result.servers.map((server) => [
    server,
    ...measures.flatMap((measure) => {
      const own = figureText(result, measure, server);
      return isCompared(measure) ? [own, ratioText(result, measure, server)] : [own];
    }),
  ]);
  return markdownTable(["", ...columns], rows);
}

/** One measure of many kinds of work: a row for each, a column for each server. */
export function measureTable(
  items: readonly WorkItem[],
  results: ReadonlyMap<string, Result>,
  name: string,
): string {
  const rows = items.flatMap((item) => {
    const result = results.get(item.name);
    const measure = item.measures.find((each) => each.name === name);
    return result === undefined || measure === undefined ? [] : [{ item, result, measure }];
  });
  const peers = [...new Set(rows.flatMap(({ result }) => peersIn(result)))];
  return markdownTable(
    ["", SERVER, ...peers],
    rows.map(({ item, result, measure }) => [
      item.title,
      figureText(result, measure, SERVER),
      ...peers.map((peer) =>
        [figureText(result, measure, peer), ratioText(result, measure, peer)]
          .filter((part) => part !== "").join(": ")
      ),
    ]),
  );
}

/** The first column is text, the others numbers. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const border = columns.map((_, index) => index === 0 ? "---" : "---:");
  return [columns, border, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function figureText(result: Result, measure: Measure, server: string): string {
  const { median } = figure(result, measure, server);
  return Number.isFinite(median) ? median.toFixed(measure.digits) : "";
}

/** What Weir has of what a server has. */
function ratioText(result: Result, measure: Measure, server: string): string {
  if (!peersIn(result).includes(server)) return "";
  return withMargin(ratio(result, measure, SERVER, server));
}

/** A ratio, and how far off it may be. */
export function withMargin({ median, margin }: Pick<Summary, "median" | "margin">): string {
  if (!Number.isFinite(median)) return "";
  return `${median.toFixed(median < 100 ? 2 : 0)} ±${(margin * 100).toFixed(0)} %`;
}
