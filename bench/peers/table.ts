/** A result as a table of Markdown. */

import { figure, peersIn, ratio, type Result, YARDSTICK } from "./result.ts";
import type { Measure, WorkItem } from "./work/work_item.ts";

export function tableOf({ measures }: WorkItem, result: Result): string {
  const hasRatios = result.servers.includes(YARDSTICK);
  const columns = measures.flatMap((measure) =>
    hasRatios && measure.isCompared ? [measure.unit, `of ${YARDSTICK}`] : [measure.unit]
  );
  const rows = result.servers.map((server) => [
    server,
    ...measures.flatMap((measure) =>
      hasRatios && measure.isCompared
        ? [figureText(result, measure, server), ratioText(result, measure, server)]
        : [figureText(result, measure, server)]
    ),
  ]);
  return markdownTable(["", ...columns], rows);
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

function ratioText(result: Result, measure: Measure, server: string): string {
  if (!peersIn(result).includes(server)) return "";
  const { median, spread, isTooWide } = ratio(result, measure, server, YARDSTICK);
  if (!Number.isFinite(median)) return "";
  const width = `±${(spread * 50).toFixed(0)} %`;
  return isTooWide ? `spread too wide: ${width}` : `${median.toFixed(2)} ${width}`;
}
